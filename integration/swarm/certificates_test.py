"""What certificates port 2377 takes: of this swarm's root, in their time, of a node that the swarm has."""

import contextlib
import datetime
import json
import socket
import ssl
import struct

import pytest
from cluster import Node, ip, make_bridge, remove_bridge
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)
REMOVED = "Permission denied: node {} was removed from the swarm"
UNAUTHORIZED = "Permission denied: unauthorized peer role"


class Authority:
    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "swarm-ca")])
        self.certificate = self._sign(self.name, self.key.public_key(), (-DAY, 365 * DAY), ca=True)

    def _sign(self, subject, public_key, validity, ca):
        now = datetime.datetime.utcnow()
        return (x509.CertificateBuilder().subject_name(subject).issuer_name(self.name)
                .public_key(public_key).serial_number(x509.random_serial_number())
                .not_valid_before(now + validity[0]).not_valid_after(now + validity[1])
                .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
                .sign(self.key, hashes.SHA256()))

    def write(self, folder):
        """The paths of certificate and key."""
        return _write(folder, "root", self.certificate, self.key)

    def node(self, folder, node_id, cluster_id, validity=(-DAY, 30 * DAY)):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, cluster_id),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "swarm-worker"),
            x509.NameAttribute(NameOID.COMMON_NAME, node_id)])
        return _write(folder, "node", self._sign(subject, key.public_key(), validity, ca=False), key)


def _write(folder, name, certificate, key):
    paths = folder / f"{name}.crt", folder / f"{name}.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return paths


class Swarm:
    """A manager whose root's key is ours, and one worker."""

    def __init__(self, manager, worker):
        self.manager = manager
        self.authority = Authority()
        root, key = self.authority.write(manager.dir)
        manager.out("swarm", "ca", "--rotate", "--quiet", "--ca-cert", root, "--ca-key", key)
        worker.join(manager)
        self.worker_id = worker.info()["NodeID"]
        self.cluster_id = manager.info()["Cluster"]["ID"]

    def show(self, paths, kind="renew"):
        """The manager's answer to who shows this certificate; None when it is not let in."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if paths:
            context.load_cert_chain(*paths)
        request = json.dumps({"Format": 1, "Kind": kind, "CertificateRequest": "none"}).encode()
        with socket.create_connection((self.manager.address, 2377), timeout=30) as plain:
            try:
                with context.wrap_socket(plain) as tls:
                    tls.sendall(struct.pack(">I", len(request)) + request)
                    answer = tls.makefile("rb")
                    length = answer.read(4)
                    return json.loads(answer.read(struct.unpack(">I", length)[0])) if length else None
            except OSError:
                return None


@pytest.fixture(scope="module")
def swarm():
    make_bridge()
    with contextlib.ExitStack() as stack:
        stack.callback(remove_bridge)
        manager = stack.enter_context(Node(1)).init()
        worker = stack.enter_context(Node(2))
        ip("addr", "add", "10.9.0.100/24", "dev", "swbr")
        yield Swarm(manager, worker)


def test_a_members_certificate_is_taken(swarm, tmp_path):
    answer = swarm.show(swarm.authority.node(tmp_path, swarm.worker_id, swarm.cluster_id))
    # Let in, and refused only for the request that it signed nothing with.
    assert "code = InvalidArgument" in answer["Error"]
    heard = swarm.show(swarm.authority.node(tmp_path, swarm.worker_id, swarm.cluster_id), "none")
    assert "unknown request" in heard["Error"]


@pytest.mark.parametrize("validity", [(-30 * DAY, -DAY), (DAY, 30 * DAY)], ids=["expired", "early"])
def test_a_certificate_out_of_its_time_is_refused(swarm, tmp_path, validity):
    paths = swarm.authority.node(tmp_path, swarm.worker_id, swarm.cluster_id, validity)
    assert swarm.show(paths) is None


def test_a_certificate_of_a_foreign_root_is_refused(swarm, tmp_path):
    assert swarm.show(Authority().node(tmp_path, swarm.worker_id, swarm.cluster_id)) is None


def test_who_is_not_of_the_swarm_is_refused(swarm, tmp_path):
    nobody = "n" * 25
    answer = swarm.show(swarm.authority.node(tmp_path, nobody, swarm.cluster_id))
    assert REMOVED.format(nobody) in answer["Error"]
    other = swarm.show(swarm.authority.node(tmp_path, swarm.worker_id, "o" * 25))
    assert UNAUTHORIZED in other["Error"]
    for kind in ("renew", "heartbeat", "leave"):
        assert UNAUTHORIZED in swarm.show(None, kind)["Error"]


def test_garbage_on_the_port_changes_nothing(swarm):
    for data in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01" + b"\xff" * 600, b"\0" * 5000):
        with socket.create_connection((swarm.manager.address, 2377), timeout=30) as plain:
            with contextlib.suppress(OSError):
                plain.sendall(data)
                plain.shutdown(socket.SHUT_WR)
                while plain.recv(1000):
                    pass
    assert swarm.show(None, "root")["Root"] == swarm.manager.trusted_root()
    assert swarm.manager.info()["Nodes"] == 2
