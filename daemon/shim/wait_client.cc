#include "daemon/shim/wait_client.h"

#include "common/loglines/json_scan.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

void WaitClient::Answer(int32_t exit_code, const std::string& error) {
  std::string body = "{";
  if (!error.empty()) {
    body += "\"Error\":{\"Message\":";
    loglines::AppendJsonString(error, &body);
    body += "},";
  }
  body += "\"StatusCode\":" + Number(exit_code) + "}\n";
  Send(body);
  Finish();
}

}  // namespace buoy::shim
