"""The C++ rules of this repository: warnings are errors, here and nowhere else."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")

COPTS = [
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wno-missing-field-initializers",
]

def buoy_cc_library(name, copts = [], **kwargs):
    cc_library(name = name, copts = COPTS + copts, **kwargs)

def buoy_cc_binary(name, copts = [], **kwargs):
    cc_binary(name = name, copts = COPTS + copts, **kwargs)

def buoy_cc_test(name, copts = [], deps = [], size = "small", **kwargs):
    """A GoogleTest unit test: no root, no network, no sleeping, unless its tags say otherwise."""
    cc_test(
        name = name,
        copts = COPTS + copts,
        size = size,
        deps = deps + ["//third_party/gtest:main"],
        **kwargs
    )
