#include "daemon/swarm/node_messages.h"

#include "common/json/codec.h"
#include "common/types/swarm_json.h"

namespace buoy {
extern template std::string ToJson<types::Node>(const types::Node&);
extern template Result<types::Node> FromJson<types::Node>(std::string_view);
}  // namespace buoy

namespace buoy::swarm {
namespace {

struct RequestText {
  NodeRequest request;
  std::string node;  // JSON
};

template <class V>
void Fields(V& v, RequestText& s) {
  v("Format", s.request.format);
  v("Kind", s.request.kind);
  v("Token", s.request.token, json::kOmitEmpty);
  v("CertificateRequest", s.request.certificate_request, json::kOmitEmpty);
  v("Node", s.node, json::kOmitEmpty);
}

}  // namespace

template <class V>
void Fields(V& v, NodeAnswer& s) {
  v("Error", s.error, json::kOmitEmpty);
  v("ErrorKind", s.error_kind, json::kOmitEmpty);
  v("NodeID", s.node_id, json::kOmitEmpty);
  v("Certificate", s.certificate, json::kOmitEmpty);
  v("Root", s.root, json::kOmitEmpty);
  v("HeartbeatPeriod", s.heartbeat_period, json::kOmitEmpty);
  v("Managers", s.managers, json::kOmitEmpty);
}

std::string EncodeRequest(const NodeRequest& request) {
  return ToJson(RequestText{request, ToJson(request.node)});
}

Result<NodeRequest> DecodeRequest(const std::string& text) {
  BUOY_ASSIGN(auto read, FromJson<RequestText>(text));
  if (!read.node.empty()) {
    BUOY_ASSIGN(read.request.node, FromJson<types::Node>(read.node));
  }
  return std::move(read.request);
}

std::string EncodeAnswer(const NodeAnswer& answer) { return ToJson(answer); }
Result<NodeAnswer> DecodeAnswer(const std::string& text) { return FromJson<NodeAnswer>(text); }

}  // namespace buoy::swarm
