"""Integration tests: pytest files that drive real daemons with real clients."""

def buoy_integration_test(name, srcs, data = [], size = "medium", tags = [], args = [], crun = False):
    """Runs `srcs` with pytest in namespaces of their own (integration/testing/run_isolated.sh).

    The programs are found through the environment: BUOY, BUOYD, BUOY_SHIM, MAKE_IMAGE.
    crun = True: a second time as NAME_crun, with cgroups under which crun is the default runtime.
    """
    _test(name, srcs, data, size, tags, args, {})
    if crun:
        _test(name + "_crun", srcs, data, size, tags, args, {"BUOY_TEST_CRUN": "1"})

def _test(name, srcs, data, size, tags, args, env):
    native.sh_test(
        name = name,
        size = size,
        srcs = ["//integration/testing:run_isolated.sh"],
        args = ["$(location %s)" % s for s in srcs] + args,
        data = srcs + data + [
            "//cli:buoy",
            "//daemon:buoyd",
            "//daemon/shim:buoy-shim",
            "//integration/testing:python",
        ],
        env = dict(
            env,
            BUOY = "$(rootpath //cli:buoy)",
            BUOYD = "$(rootpath //daemon:buoyd)",
            BUOY_SHIM = "$(rootpath //daemon/shim:buoy-shim)",
            MAKE_IMAGE = "integration/testing/make_image.py",
        ),
        tags = ["exclusive", "local", "root"] + tags,
    )
