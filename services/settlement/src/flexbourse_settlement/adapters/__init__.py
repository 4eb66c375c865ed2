"""What settlement says to the outside world: a chain, key files, statement files.

web3 and the embedded chain take seconds to import, so only `opening` names them, inside its functions.
"""
