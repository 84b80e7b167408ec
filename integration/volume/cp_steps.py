"""Copies that the stock docker CLI makes against buoyd and against dockerd 20.10.

(name, arguments[, stdin]); "{tmp}" is a folder of the test's own with in/ (made by cp_parity_test)
and an empty out/, emptied after each step. TAR as the stdin stands for a small archive.
Container "cc" runs, "ss" never ran; both have /data (a volume), /ro (a read-only one), /bind, /tree
and a few links.
"""

TAR = object()
TREE = ("mkdir -p /tree/sub/deep /tree/empty; echo one >/tree/one; chmod 640 /tree/one; "
        "chown 33:33 /tree/one; echo two >/tree/sub/two; ln -s one /tree/link; "
        "ln -s sub /tree/dirlink; ln -s /tree/sub /tree/abslink; ln -s ghost /tree/broken; "
        "ln /tree/one /tree/hard; mkfifo /tree/fifo; chmod 1777 /tree/empty; chmod 4755 /tree/sub/two")


# What the state of the container could make a difference for.
STOPPED = {
    "file", "folder", "folder with dot renamed", "folder link slash", "missing", "volume",
    "in volume0", "link into volume", "bind", "above mounts", "stdout", "in file into folder",
    "in folder", "in folder over file", "in -a", "in volume", "in volume by link",
    "in read-only volume", "in read-only by link", "in bind", "stdin", "diff",
}


def setup(name):
    return ["create", "--name", name, "-v", name + "data:/data", "-v", name + "data:/ro:ro", "-v",
            "{tmp}/bind:/bind", "tree:v1", "sleep", "600"]


def steps(name):
    """The same steps for a container that runs and for one that does not."""
    shown = [
        # --- out of the container ---
        ("file", ["cp", "c:/tree/one", "{tmp}/out/"]),
        ("file renamed", ["cp", "c:/tree/one", "{tmp}/out/uno"]),
        ("file over file", ["cp", "c:/tree/one", "{tmp}/in/one"]),
        ("file into nothing", ["cp", "c:/tree/one", "{tmp}/out/ghost/"]),
        ("file below nothing", ["cp", "c:/tree/one", "{tmp}/out/ghost/uno"]),
        ("file with slash", ["cp", "c:/tree/one/", "{tmp}/out/"]),
        ("file with dot", ["cp", "c:/tree/one/.", "{tmp}/out/"]),
        ("folder", ["cp", "c:/tree", "{tmp}/out/"]),
        ("folder renamed", ["cp", "c:/tree", "{tmp}/out/arbol"]),
        ("folder with dot", ["cp", "c:/tree/.", "{tmp}/out/"]),
        ("folder with slash", ["cp", "c:/tree/", "{tmp}/out/"]),
        ("folder with dot renamed", ["cp", "c:/tree/.", "{tmp}/out/arbol"]),
        ("folder over file", ["cp", "c:/tree", "{tmp}/in/one"]),
        ("folder -a", ["cp", "-a", "c:/tree", "{tmp}/out/"]),
        ("link", ["cp", "c:/tree/link", "{tmp}/out/"]),
        ("link -L", ["cp", "-L", "c:/tree/link", "{tmp}/out/"]),
        ("folder link", ["cp", "c:/tree/dirlink", "{tmp}/out/"]),
        ("folder link slash", ["cp", "c:/tree/dirlink/", "{tmp}/out/"]),
        ("folder link dot", ["cp", "c:/tree/dirlink/.", "{tmp}/out/"]),
        ("folder link -L", ["cp", "-L", "c:/tree/dirlink", "{tmp}/out/"]),
        ("absolute link -L", ["cp", "-L", "c:/tree/abslink", "{tmp}/out/"]),
        ("through link", ["cp", "c:/tree/abslink/two", "{tmp}/out/"]),
        ("broken link", ["cp", "c:/tree/broken", "{tmp}/out/"]),
        ("broken link -L", ["cp", "-L", "c:/tree/broken", "{tmp}/out/"]),
        ("relative", ["cp", "c:tree/one", "{tmp}/out/"]),
        ("dots", ["cp", "c:/tree/../../tree/./one", "{tmp}/out/"]),
        ("content renamed", ["cp", "c:/tree/sub/.", "{tmp}/out/new"]),
        ("missing", ["cp", "c:/ghost", "{tmp}/out/"]),
        ("missing below file", ["cp", "c:/tree/one/ghost", "{tmp}/out/"]),
        ("volume", ["cp", "c:/data", "{tmp}/out/"]),
        ("in volume", ["cp", "c:/data/v", "{tmp}/out/"]),
        ("link into volume", ["cp", "c:/intovolume/v", "{tmp}/out/"]),
        ("bind", ["cp", "c:/bind/b", "{tmp}/out/"]),
        ("above mounts", ["cp", "c:/above", "{tmp}/out/"]),
        ("stdout", ["cp", "c:/tree", "-"]),
        ("stdout file", ["cp", "c:/tree/one", "-"]),
        ("stdout dot", ["cp", "c:/tree/.", "-"]),
        ("stdout link", ["cp", "c:/tree/link", "-"]),
        ("stdout -L", ["cp", "-L", "c:/tree/link", "-"]),
        ("stdout fifo", ["cp", "c:/tree/fifo", "-"]),
        ("stdout missing", ["cp", "c:/ghost", "-"]),
        ("quiet", ["cp", "-q", "c:/tree/one", "{tmp}/out/"]),
        # --- into the container ---
        ("in file", ["cp", "{tmp}/in/one", "c:/w1"]),
        ("in file into folder", ["cp", "{tmp}/in/one", "c:/w/"]),
        ("in file into nothing", ["cp", "{tmp}/in/one", "c:/ghost/"]),
        ("in file below nothing", ["cp", "{tmp}/in/one", "c:/ghost/x"]),
        ("in file over folder", ["cp", "{tmp}/in/one", "c:/w/folder"]),
        ("in file over link", ["cp", "{tmp}/in/one", "c:/w/link"]),
        ("in file over folder link", ["cp", "{tmp}/in/one", "c:/w/dirlink"]),
        ("in file over broken link", ["cp", "{tmp}/in/one", "c:/w/broken"]),
        ("in folder", ["cp", "{tmp}/in", "c:/w/"]),
        ("in folder renamed", ["cp", "{tmp}/in", "c:/w/new"]),
        ("in folder dot", ["cp", "{tmp}/in/.", "c:/w/folder"]),
        ("in folder over file", ["cp", "{tmp}/in", "c:/w/one"]),
        ("in folder over link", ["cp", "{tmp}/in", "c:/w/dirlink"]),
        ("in -a", ["cp", "-a", "{tmp}/in", "c:/w/kept"]),
        ("in -L", ["cp", "-L", "{tmp}/in/link", "c:/w/followed"]),
        ("in link", ["cp", "{tmp}/in/link", "c:/w/alink"]),
        ("in missing", ["cp", "{tmp}/ghost", "c:/w"]),
        ("in volume", ["cp", "{tmp}/in/one", "c:/data/new"]),
        ("in volume itself", ["cp", "{tmp}/in/one", "c:/data"]),
        ("in volume by link", ["cp", "{tmp}/in/one", "c:/intovolume/newer"]),
        ("in read-only volume", ["cp", "{tmp}/in/one", "c:/ro/new"]),
        ("in read-only by link", ["cp", "{tmp}/in/one", "c:/intoro/new"]),
        ("in bind", ["cp", "{tmp}/in/one", "c:/bind/new"]),
        ("stdin", ["cp", "-", "c:/w"], TAR),
        ("stdin -a", ["cp", "-a", "-", "c:/w"], TAR),
        ("stdin to file", ["cp", "-", "c:/w/one"], TAR),
        ("stdin to missing", ["cp", "-", "c:/ghost"], TAR),
        ("stdin no tar", ["cp", "-", "c:/w"], "this is no archive " * 100),
        ("stdin empty", ["cp", "-", "c:/w"], ""),
        ("diff", ["diff", "c"]),
    ]
    renamed = []
    for step, args, *stdin in shown:
        if name == "ss" and step not in STOPPED:
            continue
        args = [name + arg[1:] if arg.startswith("c:") or arg == "c" else arg for arg in args]
        renamed.append((f"{name} {step}", args, *stdin))
    return renamed


ERRORS = [
    ("both containers", ["cp", "cc:/tree", "ss:/tree"]),
    ("no container", ["cp", "{tmp}/in", "{tmp}/out"]),
    ("no such container", ["cp", "ghost:/x", "{tmp}/out"]),
    ("no such container in", ["cp", "{tmp}/in", "ghost:/x"]),
    ("empty source", ["cp", "", "cc:/x"]),
    ("empty destination", ["cp", "cc:/x", ""]),
    ("one argument", ["cp", "cc:/x"]),
    ("stdin stdout", ["cp", "-", "-"]),
    ("root", ["create", "--name", "rr", "--read-only", "-v", "rdata:/data", "tree:v1"]),
    ("read-only in", ["cp", "{tmp}/in/one", "rr:/w"]),
    ("read-only in volume", ["cp", "{tmp}/in/one", "rr:/data/x"]),
    ("read-only in volume by link", ["cp", "{tmp}/in/one", "rr:/intovolume/y"]),
    ("read-only out", ["cp", "rr:/tree/one", "{tmp}/out"]),
    ("user", ["create", "--name", "uu", "-u", "www-data", "tree:v1"]),
    ("user in", ["cp", "{tmp}/in/one", "uu:/w/plain"]),
    ("user in -a", ["cp", "-a", "{tmp}/in/one", "uu:/w/archived"]),
    ("user seen", ["cp", "uu:/w", "-"]),
    ("numeric user", ["create", "--name", "nn", "-u", "1234:4321", "tree:v1"]),
    ("numeric user in -a", ["cp", "-a", "{tmp}/in", "nn:/w/archived"]),
    ("numeric user seen", ["cp", "nn:/w/archived", "-"]),
]
