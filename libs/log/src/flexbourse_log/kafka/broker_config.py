"""The files a single-node Apache Kafka (KRaft) is started with: listeners, passwords, authoriser, limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PLATFORM_USER = "platform"
"""The one super user: the platform's own processes. Participants get what the catalogue's ACLs say."""

CONTROLLER_USER = "controller"
MECHANISM = "SCRAM-SHA-256"
TRANSACTION_TIMEOUT_MS = 10_000
MAX_RECORD_BYTES = 512 * 1024
HEAP = "512m"


@dataclass(frozen=True)
class BrokerSecrets:
    """Passwords of one broker folder; made at its first start and kept beside its data."""

    platform: str
    controller: str
    cluster_id: str


@dataclass(frozen=True)
class BrokerPorts:
    """Loopback ports of the clients' and the controller's listener."""

    client: int
    controller: int


def server_properties(data: Path, ports: BrokerPorts, secrets: BrokerSecrets) -> str:
    """The broker's configuration; every value that differs from Kafka's default has a reason in this text."""
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule required"
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    platform = f'username="{PLATFORM_USER}" password="{secrets.platform}"'
    controller = f'username="{CONTROLLER_USER}" password="{secrets.controller}"'
    known = f'user_{CONTROLLER_USER}="{secrets.controller}"'
    return "\n".join(
        [
            "process.roles=broker,controller",
            "node.id=1",
            f"controller.quorum.voters=1@127.0.0.1:{ports.controller}",
            f"listeners=CLIENT://127.0.0.1:{ports.client},CONTROLLER://127.0.0.1:{ports.controller}",
            f"advertised.listeners=CLIENT://127.0.0.1:{ports.client}",
            "listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
            "inter.broker.listener.name=CLIENT",
            "controller.listener.names=CONTROLLER",
            f"log.dirs={data}",
            # Who may do what: nothing without an ACL, but for the platform's own processes.
            f"sasl.enabled.mechanisms={MECHANISM}",
            f"sasl.mechanism.inter.broker.protocol={MECHANISM}",
            f"listener.name.client.{MECHANISM.lower()}.sasl.jaas.config={scram} {platform};",
            # SCRAM passwords live in the log the controller serves, so its own listener cannot use them.
            "sasl.mechanism.controller.protocol=PLAIN",
            "listener.name.controller.sasl.enabled.mechanisms=PLAIN",
            f"listener.name.controller.plain.sasl.jaas.config={plain} {controller} {known};",
            "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            f"super.users=User:{PLATFORM_USER};User:{CONTROLLER_USER}",
            "allow.everyone.if.no.acl.found=false",
            "auto.create.topics.enable=false",
            # One node holds every internal topic.
            "offsets.topic.replication.factor=1",
            "offsets.topic.num.partitions=4",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "transaction.state.log.num.partitions=4",
            "share.coordinator.state.topic.replication.factor=1",
            "share.coordinator.state.topic.min.isr=1",
            "group.initial.rebalance.delay.ms=0",
            # A broker killed and started again waits until its own former session has run out.
            "broker.session.timeout.ms=2000",
            "broker.heartbeat.interval.ms=250",
            # A dead writer's open transaction hides what others wrote behind it until it is timed out.
            f"transaction.max.timeout.ms={TRANSACTION_TIMEOUT_MS}",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms=1000",
            # A batch may hold several records of the greatest size.
            f"message.max.bytes={4 * MAX_RECORD_BYTES}",
            # Kafka's default (128 MB) is made for terabytes and would not fit this heap.
            "log.cleaner.dedupe.buffer.size=4194304",
            "log.cleaner.io.buffer.size=524288",
            "log.cleaner.backoff.ms=1000",
            "num.network.threads=2",
            "num.io.threads=4",
            "num.recovery.threads.per.data.dir=2",
            "",
        ]
    )


def log4j_properties(file: Path) -> str:
    """Warnings and start-up lines of the broker into one bounded file."""
    return "\n".join(
        [
            "appender.file.type=RollingFile",
            "appender.file.name=file",
            f"appender.file.fileName={file}",
            f"appender.file.filePattern={file}.%i",
            "appender.file.layout.type=PatternLayout",
            "appender.file.layout.pattern=%d{ISO8601} %p %c{1} %m%n",
            "appender.file.policies.type=Policies",
            "appender.file.policies.size.type=SizeBasedTriggeringPolicy",
            "appender.file.policies.size.size=10MB",
            "appender.file.strategy.type=DefaultRolloverStrategy",
            "appender.file.strategy.max=2",
            "rootLogger.level=warn",
            "rootLogger.appenderRef.file.ref=file",
            "logger.server.name=kafka.server",
            "logger.server.level=info",
            "",
        ]
    )
