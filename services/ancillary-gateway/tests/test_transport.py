"""Folders and web servers that are real: whole files, faults, repeats, kills; nothing is lost and nothing half read."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mailbox_server import MailboxServer

from flexbourse_ancillary_gateway.adapters.dead_letters import DeadLetters
from flexbourse_ancillary_gateway.adapters.folder_mailbox import FolderMailbox
from flexbourse_ancillary_gateway.adapters.http_mailbox import Credentials, HttpMailbox
from flexbourse_ancillary_gateway.adapters.mailbox import Mailbox, TransportRefusedError
from flexbourse_ancillary_gateway.adapters.reception import Reception
from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
from flexbourse_ancillary_gateway.documents.kinds.acknowledgement import AcknowledgementDocument
from flexbourse_ancillary_gateway.documents.mappings.acknowledgements import receipt_of
from flexbourse_core.errors import ConfigurationError, TransientError
from flexbourse_testkit.reference_data import reference_data

CODEC = DocumentCodec()
NOW_S = 1_780_000_000
SHARE_OF_A_LIFE = 4  # documents
PATIENCE_S = 60.0


def sample(name: str = "SN_Activation_MarketDocument_Scheduled_Request.xml") -> bytes:
    return (reference_data("entsoe") / "samples/nbm-statnett" / name).read_bytes()


@pytest.fixture
def server():
    started = MailboxServer()
    yield started
    started.stop()


def toolbox_writes(root: Path, name: str, content: bytes) -> None:
    (root / "inbox").mkdir(parents=True, exist_ok=True)
    draft = root / "inbox" / f".{name}.part"
    draft.write_bytes(content)
    draft.rename(root / "inbox" / name)


class TestFolders:
    def test_a_message_appears_whole_and_again_replaces_it(self, tmp_path: Path) -> None:
        mailbox = FolderMailbox(tmp_path)
        mailbox.send("a.xml", b"first")
        mailbox.send("a.xml", b"second")
        assert [(p.name, p.read_bytes()) for p in (tmp_path / "outbox").iterdir()] == [("a.xml", b"second")]

    def test_what_arrives_stays_until_it_is_confirmed(self, tmp_path: Path) -> None:
        mailbox = FolderMailbox(tmp_path)
        toolbox_writes(tmp_path, "002.xml", b"b")
        toolbox_writes(tmp_path, "001.xml", b"a")
        for unfinished in (".hidden.xml", "x.part", "x.tmp"):
            (tmp_path / "inbox" / unfinished).write_bytes(b"half")
        (tmp_path / "inbox" / "link.xml").symlink_to("/etc/passwd")
        assert [m.content for m in mailbox.collect()] == [b"a", b"b"]
        assert [m.message_id for m in FolderMailbox(tmp_path).collect()] == ["001.xml", "002.xml"]
        mailbox.confirm("001.xml")
        mailbox.confirm("001.xml")
        assert [m.message_id for m in mailbox.collect()] == ["002.xml"]
        assert (tmp_path / "done" / "001.xml").read_bytes() == b"a"

    @pytest.mark.parametrize("name", ["", "../x", "/etc/x", ".x", "a\0b", "x" * 151])
    def test_names_never_lead_out_of_the_folder(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(TransportRefusedError):
            FolderMailbox(tmp_path).send(name, b"x")
        with pytest.raises(TransportRefusedError):
            FolderMailbox(tmp_path).confirm(name)

    def test_a_toolbox_that_takes_nothing_is_noticed(self, tmp_path: Path, monkeypatch) -> None:
        monkeypatch.setattr("flexbourse_ancillary_gateway.adapters.folder_mailbox.MAX_OUTBOX_FILES", 2)
        mailbox = FolderMailbox(tmp_path)
        mailbox.send("a", b"")
        mailbox.send("b", b"")
        mailbox.send("b", b"again")
        with pytest.raises(TransientError, match="nobody takes"):
            mailbox.send("c", b"")

    def test_a_folder_that_has_gone_is_an_io_fault(self, tmp_path: Path) -> None:
        mailbox = FolderMailbox(tmp_path)
        (tmp_path / "inbox").rmdir()
        (tmp_path / "outbox").rmdir()
        with pytest.raises(TransientError):
            mailbox.collect()
        with pytest.raises(TransientError):
            mailbox.send("a", b"")


class TestWeb:
    def test_messages_go_and_come(self, server: MailboxServer) -> None:
        mailbox = HttpMailbox(server.url, "bsp-1", Credentials())
        mailbox.send("bid 1.xml", b"<a/>")
        assert server.posted == [("bid%201.xml", b"<a/>")]
        server.waiting.update({"1": b"one", "2": b"two"})
        assert [(m.message_id, m.content) for m in mailbox.collect()] == [("1", b"one"), ("2", b"two")]
        mailbox.confirm("1")
        mailbox.confirm("1")
        assert [m.message_id for m in mailbox.collect()] == ["2"]
        assert server.calls[0] == "POST /v1/parties/bsp-1/messages"

    @pytest.mark.parametrize("fault", [500, 503, 429, 408, 401, 403, "drop"])
    def test_faults_that_may_pass_are_told_as_such(self, server: MailboxServer, fault) -> None:
        mailbox = HttpMailbox(server.url, "bsp", Credentials())
        for act in (lambda: mailbox.send("a", b"x"), mailbox.collect, lambda: mailbox.confirm("1")):
            server.faults.append(fault)
            with pytest.raises(TransientError):
                act()
        mailbox.send("a", b"x")
        assert server.posted[-1] == ("a", b"x")

    @pytest.mark.parametrize("fault", [400, 413, 422])
    def test_a_message_that_will_never_be_taken_is_told_as_such(self, server: MailboxServer, fault: int) -> None:
        server.faults.append(fault)
        with pytest.raises(TransportRefusedError):
            HttpMailbox(server.url, "bsp", Credentials()).send("a", b"x")

    def test_a_platform_that_is_down_comes_back(self) -> None:
        first = MailboxServer()
        mailbox = HttpMailbox(first.url, "bsp", Credentials())
        first.stop()
        with pytest.raises(TransientError):
            mailbox.send("a", b"x")
        second = MailboxServer(port=urlsplit(first.url).port or 0)
        mailbox.send("a", b"x")
        assert second.posted == [("a", b"x")]
        second.stop()

    def test_the_token_is_read_anew_each_time(self, tmp_path: Path) -> None:
        server = MailboxServer(token="new")
        token = tmp_path / "token"
        token.write_text("old\n")
        mailbox = HttpMailbox(server.url, "bsp", Credentials(token_file=token))
        with pytest.raises(TransientError, match="401"):
            mailbox.send("a", b"x")
        token.write_text("new\n")
        mailbox.send("a", b"x")
        server.stop()

    @pytest.mark.parametrize("url", ["http://platform.example:80", "ftp://localhost", "localhost", "https://"])
    def test_plain_http_goes_to_this_machine_alone(self, url: str) -> None:
        with pytest.raises(ConfigurationError):
            HttpMailbox(url, "bsp", Credentials())

    def test_tls_with_a_client_certificate(self, tmp_path: Path) -> None:
        ours, theirs = certificate(tmp_path, "gateway"), certificate(tmp_path, "localhost")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ours[0])
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(*theirs)
        server = MailboxServer(context)
        known = Credentials(ca_file=theirs[0], certificate_file=ours[0], key_file=ours[1])
        HttpMailbox(server.url, "bsp", known).send("a", b"x")
        assert server.posted == [("a", b"x")]
        for stranger in (Credentials(ca_file=theirs[0]), Credentials(ca_file=ours[0])):
            with pytest.raises(TransientError):
                HttpMailbox(server.url, "bsp", stranger).send("a", b"x")
        assert len(server.posted) == 1
        server.stop()


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate and its key, as files."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1)).add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


class TestReception:
    def take(self, mailbox: Mailbox, tmp_path: Path, refusal: str = ""):
        seen: list[str] = []

        def handle(document, _: bytes) -> str:
            seen.append(document.mrid)
            return refusal

        return Reception(mailbox, CODEC, DeadLetters(tmp_path / "dead"), handle, lambda: NOW_S), seen

    def answers(self, tmp_path: Path) -> list[AcknowledgementDocument]:
        return [CODEC.read(path.read_bytes()).document for path in sorted((tmp_path / "outbox").iterdir())]

    @pytest.mark.parametrize("refusal", ["", "not for us"])
    def test_each_document_is_handed_over_acknowledged_and_confirmed(self, tmp_path: Path, refusal: str) -> None:
        reception, seen = self.take(FolderMailbox(tmp_path), tmp_path, refusal)
        toolbox_writes(tmp_path, "1.xml", sample())
        collected = reception.collect()
        assert (collected.handled, collected.dead) == (1, 0)
        (answer,) = self.answers(tmp_path)
        assert receipt_of(answer).document_id == seen[0]
        assert receipt_of(answer).accepted == (refusal == "")
        assert list((tmp_path / "inbox").iterdir()) == []

    def test_acknowledgements_are_not_acknowledged(self, tmp_path: Path) -> None:
        reception, seen = self.take(FolderMailbox(tmp_path), tmp_path)
        toolbox_writes(tmp_path, "1.xml", sample("SN_Positive_Acknowledgement_MarketDocument.xml"))
        reception.collect()
        assert len(seen) == 1
        assert self.answers(tmp_path) == []

    def test_what_cannot_be_read_is_a_dead_letter_and_its_sender_hears_of_it(self, tmp_path: Path) -> None:
        reception, seen = self.take(FolderMailbox(tmp_path), tmp_path)
        broken = sample().replace(b"<measurement_Unit.name>MAW</measurement_Unit.name>", b"", 1)
        toolbox_writes(tmp_path, "1.xml", b"no document at all")
        toolbox_writes(tmp_path, "2.xml", broken)
        toolbox_writes(tmp_path, "3.xml", sample())
        toolbox_writes(tmp_path, "4.xml", sample("SN_Positive_Acknowledgement_MarketDocument.xml")[:-40])
        collected = reception.collect()
        assert (collected.handled, collected.dead) == (1, 3)
        assert len(seen) == 1
        dead = DeadLetters(tmp_path / "dead")
        assert dead.count == 3
        reasons = [path.read_text() for path in (tmp_path / "dead").glob("*.txt")]
        assert any("measurement_Unit.name" in reason for reason in reasons)
        assert list((tmp_path / "inbox").iterdir()) == []

    def test_a_broken_document_with_a_head_is_refused_by_an_acknowledgement(self, tmp_path: Path) -> None:
        reception, _ = self.take(FolderMailbox(tmp_path), tmp_path)
        toolbox_writes(tmp_path, "1.xml", sample().replace(b"<quantity>15</quantity>", b"<quantity>many</quantity>"))
        reception.collect()
        (answer,) = self.answers(tmp_path)
        receipt = receipt_of(answer)
        assert not receipt.accepted
        assert "quantity" in receipt.reasons[0][2]

    def test_a_fault_in_between_brings_the_message_again(self, server: MailboxServer, tmp_path: Path) -> None:
        reception, seen = self.take(HttpMailbox(server.url, "bsp", Credentials()), tmp_path)
        server.waiting["1"] = sample()
        for faults in (["none", "none", 500], ["none", "none", "drop"], ["none", "none", "none", "drop"]):
            server.faults.clear()
            server.waiting["1"] = sample()
            server.faults.extend(faults)
            with pytest.raises(TransientError):
                reception.collect()
        server.faults.clear()
        reception.collect()
        assert server.waiting == {}
        assert len(set(seen)) == 1
        assert len({content for _, content in server.posted}) == 1


WORKER = """
import sys, time
from pathlib import Path
from flexbourse_ancillary_gateway.adapters.dead_letters import DeadLetters
from flexbourse_log.durable_files import write_whole
from flexbourse_ancillary_gateway.adapters.folder_mailbox import FolderMailbox
from flexbourse_ancillary_gateway.adapters.reception import Reception
from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
root = Path(sys.argv[1])
kept = root / "kept"
kept.mkdir(exist_ok=True)
def handle(document, content):
    write_whole(kept / document.mrid, content)
    return ""
reception = Reception(FolderMailbox(root), DocumentCodec(), DeadLetters(root / "dead"), handle, lambda: 1_780_000_000)
print("up", flush=True)
while True:
    if not reception.collect().handled:
        time.sleep(0.002)
"""


def test_a_reception_that_is_killed_again_and_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    total = 120 if os.getenv("FLEXBOURSE_LONG") else 40
    FolderMailbox(tmp_path)
    document, original = sample(), b"bba36a9b-7b8e-4534-916b-91cda4b268e3"
    ids = [f"document-{number:04}" for number in range(total)]

    def feed() -> None:
        for number, name in enumerate(ids):
            toolbox_writes(tmp_path, f"{number:04}.xml", document.replace(original, name.encode()))
            time.sleep(0.005)

    feeder = threading.Thread(target=feed)
    feeder.start()
    # Each life ends a moment after its share is done, whatever the machine's speed; the last one has done the rest.
    for kills, share in enumerate((*range(0, total, SHARE_OF_A_LIFE), total)):
        worker = subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert worker.stdout is not None
        worker.stdout.readline()
        deadline = time.monotonic() + PATIENCE_S
        while len(list((tmp_path / "done").iterdir())) < share:
            assert time.monotonic() < deadline, f"{share} of {total} documents were not handled"
            time.sleep(0.001)
        time.sleep(0.001 * (kills % 7))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
    feeder.join()
    assert sorted(p.name for p in (tmp_path / "kept").iterdir() if not p.name.startswith(".")) == ids
    answers = [p for p in (tmp_path / "outbox").iterdir() if not p.name.startswith(".")]
    receipts = [receipt_of(CODEC.read(path.read_bytes()).document) for path in answers]
    assert sorted(receipt.document_id for receipt in receipts) == ids
    assert all(receipt.accepted for receipt in receipts)
    assert list((tmp_path / "inbox").glob("*.xml")) == []
    assert len(list((tmp_path / "done").iterdir())) == total
