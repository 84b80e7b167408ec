"""rules_cc from Debian's bazel-rules-cc package.

Debian's copy is newer than its Bazel 4.2: two files load `use_cpp_toolchain`, which 4.2 does not
have. They are patched while the folder is copied.
"""

_SOURCE = "/usr/share/bazel/rules/cc"
_PATCHED = [
    "cc/private/rules_impl/cc_flags_supplier.bzl",
    "cc/private/rules_impl/compiler_flag.bzl",
]

def _debian_rules_cc_impl(ctx):
    result = ctx.execute(["cp", "-r", _SOURCE + "/.", "."])
    if result.return_code != 0:
        fail("copying %s failed: %s" % (_SOURCE, result.stderr))
    for path in _PATCHED:
        text = ctx.read(path)
        lines = [l for l in text.split("\n") if not (l.startswith("load(") and "use_cpp_toolchain" in l and "find_cpp_toolchain" not in l)]
        text = "\n".join(lines)
        text = text.replace(", \"use_cpp_toolchain\"", "")
        text = text.replace("use_cpp_toolchain()", "[\"@bazel_tools//tools/cpp:toolchain_type\"]")
        ctx.file(path, text)

debian_rules_cc = repository_rule(
    implementation = _debian_rules_cc_impl,
    local = True,
)
