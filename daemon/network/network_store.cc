#include "daemon/network/network_store.h"

#include "common/json/codec.h"

namespace buoy {
BUOY_JSON_EXTERN(types::EndpointSettings)
BUOY_JSON_EXTERN(types::NetworkResource)
extern template std::string ToJson<types::EndpointSettings>(const types::EndpointSettings&);
extern template Result<types::EndpointSettings> FromJson<types::EndpointSettings>(std::string_view);
extern template std::string ToJson<types::NetworkResource>(const types::NetworkResource&);
extern template Result<types::NetworkResource> FromJson<types::NetworkResource>(std::string_view);
}  // namespace buoy

namespace buoy::network {

template <class V>
void Fields(V& v, PortRecord& p) {
  v.Type("PortRecord");
  v("Proto", p.proto);
  v("HostIP", p.host_ip);
  v("HostPort", p.host_port);
  v("ContainerIP", p.container_ip);
  v("ContainerPort", p.container_port);
  v("Random", p.random);
  v("Proxy", p.proxy);
}

// Only what is no column of its own.
template <class V>
void Fields(V& v, EndpointRecord& r) {
  v.Type("Endpoint");
  v("Active", r.active);
  v("ContainerName", r.container_name);
  v("Hostname", r.hostname);
  v("HostInterface", r.host_interface);
  v("ContainerInterface", r.container_interface);
  v("MacGenerated", r.mac_generated);
  v("Ports", r.ports);
}

Result<std::vector<types::NetworkResource>> NetworkStore::LoadNetworks() {
  std::vector<types::NetworkResource> networks;
  state::Stmt rows = db_.Prepare("SELECT resource FROM networks ORDER BY rowid");
  while (true) {
    BUOY_ASSIGN(bool more, rows.Step());
    if (!more) return networks;
    BUOY_ASSIGN(types::NetworkResource network, FromJson<types::NetworkResource>(rows.Text(0)));
    networks.push_back(std::move(network));
  }
}

Result<std::vector<EndpointRecord>> NetworkStore::LoadEndpoints() {
  std::vector<EndpointRecord> endpoints;
  state::Stmt rows = db_.Prepare(
      "SELECT id, network_id, container_id, settings, details FROM endpoints ORDER BY rowid");
  while (true) {
    BUOY_ASSIGN(bool more, rows.Step());
    if (!more) return endpoints;
    BUOY_ASSIGN(EndpointRecord endpoint, FromJson<EndpointRecord>(rows.Text(4)));
    endpoint.id = rows.Text(0);
    endpoint.network_id = rows.Text(1);
    endpoint.container_id = rows.Text(2);
    BUOY_ASSIGN(endpoint.settings, FromJson<types::EndpointSettings>(rows.Text(3)));
    endpoints.push_back(std::move(endpoint));
  }
}

Status NetworkStore::PutNetwork(const types::NetworkResource& network) {
  return db_
      .Prepare(
          "INSERT INTO networks (id, name, driver, resource) VALUES (?, ?, ?, ?) "
          "ON CONFLICT (id) DO UPDATE SET name = excluded.name, driver = excluded.driver, "
          "resource = excluded.resource")
      .Bind(network.id)
      .Bind(network.name)
      .Bind(network.driver)
      .Bind(ToJson(network))
      .Run();
}

Status NetworkStore::DeleteNetwork(const std::string& id) {
  return db_.Transaction([&]() -> Status {
    BUOY_TRY(db_.Prepare("DELETE FROM endpoints WHERE network_id = ?").Bind(id).Run());
    return db_.Prepare("DELETE FROM networks WHERE id = ?").Bind(id).Run();
  });
}

Status NetworkStore::PutEndpoint(const EndpointRecord& endpoint) {
  return db_
      .Prepare(
          "INSERT INTO endpoints (id, network_id, container_id, settings, details) "
          "VALUES (?, ?, ?, ?, ?) ON CONFLICT (network_id, container_id) DO UPDATE SET "
          "id = excluded.id, settings = excluded.settings, details = excluded.details")
      .Bind(endpoint.id)
      .Bind(endpoint.network_id)
      .Bind(endpoint.container_id)
      .Bind(ToJson(endpoint.settings))
      .Bind(ToJson(endpoint))
      .Run();
}

Status NetworkStore::DeleteEndpoint(const std::string& network_id,
                                    const std::string& container_id) {
  return db_.Prepare("DELETE FROM endpoints WHERE network_id = ? AND container_id = ?")
      .Bind(network_id)
      .Bind(container_id)
      .Run();
}

}  // namespace buoy::network
