#include "common/types/network.h"

#include "common/types/network_json.h"

namespace buoy {

BUOY_JSON_TYPE(types::EndpointSettings)
BUOY_JSON_TYPE(types::NetworkingConfig)
BUOY_JSON_TYPE(types::Ipam)
BUOY_JSON_TYPE(types::NetworkResource)
BUOY_JSON_TYPE(types::NetworkCreateRequest)
BUOY_JSON_TYPE(types::NetworkCreateResponse)
BUOY_JSON_TYPE(types::NetworkConnectRequest)
BUOY_JSON_TYPE(types::NetworkDisconnectRequest)
BUOY_JSON_TYPE(types::NetworksPruneReport)
template std::string ToJson<json::Map<types::EndpointSettings>>(
    const json::Map<types::EndpointSettings>&);
template Result<json::Map<types::EndpointSettings>> FromJson<json::Map<types::EndpointSettings>>(
    std::string_view);

}  // namespace buoy
