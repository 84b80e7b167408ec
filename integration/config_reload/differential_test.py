"""What dockerd refuses buoyd refuses, in the same words. dockerd is 20.10; what Docker 28 says
otherwise is listed with the reason, and each of those is checked too, so that the list cannot rot."""

import concurrent.futures
import os
import subprocess

import pytest
from daemon import temp_dir

UNABLE = "unable to configure the Docker daemon with file FILE: "
MERGED = "merged configuration validation from file and command line flags failed: "
# Wording that 28 changed everywhere.
RENAMED = [("configuration validation from file failed: ", MERGED), ("types.Runtime", "system.Runtime")]

SAME = [
    ('{"debug": tru}', []), ("[]", []), ('"x"', []), ("5", []), ('{"a" 1}', []), ("nothing", []),
    ('{"nonsense": 1}', []), ('{"debug": "yes"}', []), ('{"mtu": "a"}', []), ('{"labels": "a"}', []),
    ('{"labels": ["a"]}', []), ('{"labels": ["a=b", "a=c"]}', []), ('{"log-opts": "x"}', []),
    ('{"log-opts": {"a": 1}}', []), ('{"hosts": [1]}', []), ('{"mtu": 1.5}', []),
    ('{"debug": true}', ["--debug"]), ('{"labels": ["a=b"]}', ["--label", "c=d"]),
    ('{"labels": ["a=b"], "debug": true}', ["--label", "c=d", "-D"]), ('{"mtu": 1400}', ["--mtu=1300"]),
    ('{"log-opts": {"a": "b"}}', ["--log-opt", "c=d"]), ('{"storage-driver": "overlay2"}', ["-s", "vfs"]),
    ('{"dns": ["1.1.1.1"]}', ["--dns", "8.8.8.8"]), ('{"hosts": ["unix:///x"]}', ["-H", "unix:///y"]),
    ('{"dns-search": ["a b"]}', []), ('{"max-concurrent-downloads": -1}', []),
    ('{"max-concurrent-uploads": -1}', []), ('{"max-download-attempts": -1}', []),
    ('{"default-ulimits": {"nofile": 1}}', []), ('{"node-generic-resources": ["a"]}', []),
    ('{"node-generic-resources": ["a=1", "a=b"]}', []), ('{"node-generic-resources": ["a=-1"]}', []),
    ('{"default-ipc-mode": "host"}', []), ('{"default-shm-size": "x"}', []),
    ('{"default-shm-size": true}', []), ('{"tlsverify": "x"}', []), ('{"features": {"a": 1}}', []),
    ('{"features": []}', []), ('{"builder": 1}', []), ('{"icc": 1}', []), ('{"runtimes": []}', []),
    ('{"runtimes": {"a": "x"}}', []), ('{"default-address-pools": {"a": 1}}', []),
    ('{"debug": true, "debug": "x"}', []), ("", ["--nope"]), ("", ["--mtu", "many"]), ("", ["--bip"]),
    ("", ["-H"]), ("", ["--label", "a"]), ("", ["--debug=maybe"]),
    ("", ["--add-runtime", "runc=/x"]), ("", ["--default-ulimit", "nofile"]),
    ("", ["--dns-search", "a b"]), ("", ["--insecure-registry", "-x"]),
]

# (file, flags) -> buoyd's words, and why they are not those of 20.10.
OLD_LATE = "20.10 finds it only while it starts; 28 validates it with the configuration"
DIFFERENT = {
    ("{", ()): (UNABLE + "unexpected end of JSON input", "28 decodes by json.Unmarshal"),
    ('{"dns": ["x"]}', ()): (UNABLE + "invalid IP address: x", "28 decodes into net.IP"),
    ("", ("--dns", "x")): (
        'Status: invalid argument "x" for "--dns" flag: invalid string being converted to IP '
        "address: x", "28 has pflag's own list of addresses"),
    ('{"registry-mirrors": ["x"]}', ()): (
        UNABLE + MERGED + "invalid mirror: no scheme specified for \"x\": must use either 'https://' "
        "or 'http://'", OLD_LATE),
    ('{"registry-mirrors": ["http://x/?q"]}', ()): (
        UNABLE + MERGED + 'invalid mirror: query or fragment at end of the URI "http://x/?q"', OLD_LATE),
    ('{"insecure-registries": ["-x"]}', ()): (
        UNABLE + MERGED + "invalid index name (-x). Cannot begin or end with a hyphen", OLD_LATE),
    ('{"hosts": ["foo://x"]}', ()): (
        UNABLE + MERGED + "invalid bind address (foo://x): unsupported proto 'foo'", OLD_LATE),
    ('{"runtimes": {"runc": {"path": "x"}}}', ()): (
        "runtime name 'runc' is reserved", "28 checks runtimes after the merge"),
    ('{"default-runtime": "ghost"}', ()): (
        "specified default runtime 'ghost' does not exist", "28 checks runtimes after the merge"),
    ('{"log-level": "loud"}', ()): (UNABLE + MERGED + "invalid logging level: loud", OLD_LATE),
    ('{"default-cgroupns-mode": "x"}', ()): (
        UNABLE + MERGED + 'invalid default cgroup namespace (x): use "host" or "private"', "reworded"),
    ('{"bip": "x"}', ()): (UNABLE + MERGED + "invalid CIDR address: x",
                           "a wrong address is refused before anything is touched"),
    ('{"exec-opts": ["native.cgroupdriver=x"]}', ()): (
        UNABLE + MERGED + "invalid cgroup driver: x", OLD_LATE),
    ('{"default-address-pools": [{"base": "x", "size": 24}]}', ()): (
        UNABLE + "netip.ParsePrefix(\"x\"): no '/'", "28 decodes into netip.Prefix"),
    ('{"cluster-store": "x"}', ()): (
        UNABLE + "the following directives don't match any configuration option: cluster-store",
        "removed in 23"),
    ('\ufeff{"nonsense": 1}', ()): (
        UNABLE + "the following directives don't match any configuration option: nonsense",
        "28 takes a byte order mark"),
}


def last_words(program, text, flags):
    """Exit status and what the program says for itself, without its log."""
    folder = temp_dir("c")
    file = folder / "daemon.json"
    file.write_text(text)
    own = ["--config-file", str(file), "--data-root", str(folder / "data"), "--exec-root",
           str(folder / "run"), "-p", str(folder / "pid")]
    if "-H" not in flags and '"hosts"' not in text:
        own += ["-H", f"unix://{folder}/s"]
    if program.endswith("buoyd"):
        own.append("--validate")
    elif '"bip"' not in text:
        own += ["--bridge=none", "--iptables=false"]
    done = subprocess.run([program, *own, *flags], capture_output=True, text=True, timeout=30)
    words = [line for line in done.stderr.splitlines() if line and not line.startswith("time=")]
    said = "\n".join(words).replace(str(file), "FILE")
    for old, new in RENAMED:
        said = said.replace(old, new)
    # The programs have different names, and the page that follows a wrong flag.
    return done.returncode, said.replace("buoyd", "dockerd").split("\nSee 'dockerd --help'")[0]


def buoyd():
    return os.path.realpath(os.environ["BUOYD"])


@pytest.fixture(scope="module")
def said():
    """By case: what dockerd and buoyd say. Some dockerds only give up seconds after their start."""
    cases = [(text, tuple(flags)) for text, flags in SAME] + list(DIFFERENT)

    def both(case):
        text, flags = case
        return [last_words(program, text, list(flags)) for program in ("/usr/sbin/dockerd", buoyd())]

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        return dict(zip(cases, pool.map(both, cases)))


@pytest.mark.parametrize("text, flags", SAME, ids=[f"{t} {' '.join(f)}" for t, f in SAME])
def test_refused_in_the_same_words(said, text, flags):
    theirs, ours = said[text, tuple(flags)]
    assert theirs[0] != 0
    assert ours == theirs


@pytest.mark.parametrize("case", DIFFERENT, ids=[f"{t} {' '.join(f)}" for t, f in DIFFERENT])
def test_refused_in_the_words_of_28(said, case):
    (status, theirs), ours = said[case]
    words, reason = DIFFERENT[case]
    assert reason
    assert ours == (1, words)
    assert status == 1 and theirs != words, "the same as 20.10: it belongs into SAME"


def test_what_is_fine(tmp_path):
    file = tmp_path / "daemon.json"
    for text in ["", "{}", "null", " \n", '{"debug": null}', '{"labels": []}',
                 '{"proxies": {"http-proxy": "http://u:p@h"}}']:
        file.write_text(text)
        done = subprocess.run([buoyd(), "--validate", "--config-file", str(file)],
                              capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "configuration OK\n"), text
