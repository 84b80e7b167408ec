#include "daemon/oci/mounts.h"

#include <gtest/gtest.h>

#include "daemon/oci/mount_grammar.h"

namespace buoy::oci {
namespace {

Result<std::vector<MountPlan>> None(const std::string&) { return std::vector<MountPlan>(); }

TEST(Mounts, BindGrammar) {
  struct Case {
    const char *raw, *type, *name, *source, *destination;
    bool rw;
    const char* propagation;
  };
  for (const Case& c : {Case{"/a:/b", "bind", "", "/a", "/b", true, "rprivate"},
                        Case{"/a/../c/:/b/.:ro", "bind", "", "/c", "/b", false, "rprivate"},
                        Case{"/a:/b:rw,rshared,z", "bind", "", "/a", "/b", true, "rshared"},
                        Case{"vol:/b:nocopy", "volume", "vol", "", "/b", true, ""},
                        Case{"/b", "volume", "", "", "/b", true, ""}}) {
    auto plan = ParseBind(c.raw, "");
    ASSERT_TRUE(plan.ok()) << c.raw << ": " << plan.error().message();
    EXPECT_EQ(plan->type, c.type) << c.raw;
    EXPECT_EQ(plan->name, c.name) << c.raw;
    EXPECT_EQ(plan->source, c.source) << c.raw;
    EXPECT_EQ(plan->destination, c.destination) << c.raw;
    EXPECT_EQ(plan->rw, c.rw) << c.raw;
    EXPECT_EQ(plan->propagation, c.propagation) << c.raw;
  }
  EXPECT_FALSE(ParseBind("vol:/b:nocopy", "")->copy_data);
}

TEST(Mounts, BindErrors) {
  struct Case {
    const char *raw, *text;
  };
  for (const Case& c :
       {Case{"", "invalid volume specification: ''"},
        Case{":/b", "invalid volume specification: ':/b'"},
        Case{"/b:ro", "invalid volume specification: '/b:ro'"},
        Case{"/a:/b:ro:x", "invalid volume specification: '/a:/b:ro:x'"},
        Case{"/a:/b:bad", "invalid mode: bad"}, Case{"/a:/b:ro,rw", "invalid mode: ro,rw"},
        Case{"/a:/",
             "invalid volume specification: '/a:/': invalid mount config for type \"bind\": "
             "invalid specification: destination can't be '/'"},
        Case{"/a:b",
             "invalid volume specification: '/a:b': invalid mount config for type \"bind\": "
             "invalid mount path: 'b' mount path must be absolute"}}) {
    auto plan = ParseBind(c.raw, "");
    ASSERT_FALSE(plan.ok()) << c.raw;
    EXPECT_EQ(plan.error().message(), c.text);
  }
}

TEST(Mounts, ApiMountErrors) {
  types::Mount mount;
  mount.type = "bind";
  mount.source = "/nonexistent-source";
  mount.target = "/x";
  EXPECT_EQ(ValidateMount(mount).error().message(),
            "invalid mount config for type \"bind\": bind source path does not exist: "
            "/nonexistent-source");
  mount.target = "";
  EXPECT_EQ(ValidateMount(mount).error().message(),
            "invalid mount config for type \"bind\": field Target must not be empty");
  mount.type = "tmpfs";
  mount.target = "/x";
  EXPECT_EQ(ValidateMount(mount).error().message(),
            "invalid mount config for type \"tmpfs\": field Source must not be specified");
  mount.type = "volume";
  mount.source = "v";
  mount.volume_options.emplace().subpath = "../x";
  EXPECT_EQ(ValidateMount(mount).error().message(),
            "invalid mount config for type \"volume\": subpath must be a relative path within the "
            "volume");
}

TEST(Mounts, PlanCombines) {
  types::ContainerConfig config;
  config.volumes.insert({"/data", "/taken", "/tmp1"});
  types::HostConfig host;
  host.binds.push_back("/src:/taken:ro");
  host.volumes_from.push_back("other:ro");
  host.tmpfs["/tmp1"] = "size=1m";
  auto mounts_of = [](const std::string& id) -> Result<std::vector<MountPlan>> {
    EXPECT_EQ(id, "other");
    MountPlan plan;
    plan.type = "volume";
    plan.name = "v";
    plan.destination = "/from";
    plan.anonymous = true;
    return std::vector<MountPlan>{plan};
  };
  auto plans = PlanMounts(config, host, "/var/lib/buoy", mounts_of);
  ASSERT_TRUE(plans.ok());
  ASSERT_EQ(plans->size(), 3u);
  EXPECT_EQ((*plans)[0].destination, "/data");
  EXPECT_TRUE((*plans)[0].anonymous);
  EXPECT_EQ((*plans)[1].destination, "/from");
  EXPECT_FALSE((*plans)[1].rw);
  EXPECT_FALSE((*plans)[1].anonymous);
  EXPECT_EQ((*plans)[2].type, "bind");
  auto again = DecodeMounts(EncodeMounts(*plans));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(EncodeMounts(*again), EncodeMounts(*plans));
}

TEST(Mounts, DuplicatesAndTheDataRoot) {
  types::HostConfig host;
  host.binds = {"/a:/x", "/b:/x"};
  EXPECT_EQ(PlanMounts({}, host, "/d", None).error().message(), "Duplicate mount point: /x");
  host.binds = {"/var/lib/buoy/volumes:/x"};
  EXPECT_EQ(PlanMounts({}, host, "/var/lib/buoy", None)->at(0).propagation, "rslave");
  host.binds = {"/var/lib/buoy:/x:rprivate"};
  EXPECT_FALSE(PlanMounts({}, host, "/var/lib/buoy", None).ok());
}

TEST(Mounts, CleanPathIsGos) {
  EXPECT_EQ(CleanPath("/a//b/./../c/"), "/a/c");
  EXPECT_EQ(CleanPath("/.."), "/");
  EXPECT_EQ(CleanPath("a/.."), ".");
  EXPECT_EQ(CleanPath("../a"), "../a");
}

}  // namespace
}  // namespace buoy::oci
