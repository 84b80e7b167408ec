#include "daemon/metrics/metrics.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/metrics/process.h"

namespace buoy::metrics {
namespace {

bool Has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Histogram, BucketsAreCumulative) {
  Histogram histogram;
  histogram.Observe(0.004);
  histogram.Observe(0.2);
  histogram.Observe(100);
  std::string out;
  histogram.Write(out, "x_seconds", "a=\"b\"");
  EXPECT_TRUE(Has(out, "x_seconds_bucket{a=\"b\",le=\"0.005\"} 1")) << out;
  EXPECT_TRUE(Has(out, "x_seconds_bucket{a=\"b\",le=\"0.1\"} 1")) << out;
  EXPECT_TRUE(Has(out, "x_seconds_bucket{a=\"b\",le=\"10\"} 2")) << out;
  EXPECT_TRUE(Has(out, "x_seconds_bucket{a=\"b\",le=\"+Inf\"} 3")) << out;
  EXPECT_TRUE(Has(out, "x_seconds_count{a=\"b\"} 3")) << out;
}

TEST(Metrics, RequestsBecomeDockersActions) {
  Metrics metrics;
  metrics.Enable(true);
  const std::string method = "POST", start = "/containers/{name}/start";
  metrics.Observe({method, start, 204, 0.03});
  metrics.Observe({method, start, 404, 0.03});
  Facts facts;
  facts.running = 2;
  facts.engine = {{"os", "Debian \"12\""}};
  const std::string text = metrics.Text(facts);
  EXPECT_TRUE(Has(text, "engine_daemon_container_actions_seconds_count{action=\"start\"} 2"))
      << text;
  EXPECT_TRUE(Has(text, "engine_daemon_container_actions_seconds_count{action=\"commit\"} 1"));
  EXPECT_TRUE(Has(text,
                  "buoy_api_request_duration_seconds_count{method=\"POST\",route=\"/containers/"
                  "{name}/start\",status=\"404\"} 1"))
      << text;
  EXPECT_TRUE(Has(text, "engine_daemon_container_states_containers{state=\"running\"} 2"));
  EXPECT_TRUE(Has(text, "engine_daemon_engine_info{os=\"Debian \\\"12\\\"\"} 1"));
}

TEST(Process, ThisOne) {
  const ProcessUse use = ReadProcess("self");
  EXPECT_GT(use.resident, 0);
  EXPECT_GE(use.threads, 1);
  EXPECT_GT(use.open_fds, 0);
  EXPECT_GT(use.start_time, 1e9);
  EXPECT_EQ(ReadProcess("0").threads, 0);
}

}  // namespace
}  // namespace buoy::metrics
