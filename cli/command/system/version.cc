#include <algorithm>
#include <cstdio>

#include "cli/command/list.h"
#include "cli/command/objects.h"
#include "cli/command/system/client_version.h"
#include "cli/command/version_text.h"
#include "cli/formatter/template.h"
#include "common/gotime/time.h"

namespace buoy::cli {
namespace {

constexpr size_t kColumn = 20;

std::string Line(const std::string& name, const std::string& value, size_t column = kColumn) {
  std::string label = " " + name + ":";
  label.resize(std::max(label.size() + 1, column), ' ');
  return label + value + "\n";
}

std::string ClientText(const Value& client) {
  std::string api = client.Str("ApiVersion");
  if (api != client.Str("DefaultAPIVersion")) {
    api += " (downgraded from " + client.Str("DefaultAPIVersion") + ")";
  }
  return "Client:\n" + Line("Version", client.Str("Version")) + Line("API version", api) +
         Line("Git commit", client.Str("GitCommit")) +
         Line("OS/Arch", client.Str("Os") + "/" + client.Str("Arch")) +
         Line("Context", client.Str("Context"));
}

std::string Indented(const std::string& name, const std::string& value) {
  return " " + Line(name, value, kColumn - 1);
}

std::string EngineText(const Value& details, const std::string& version) {
  std::string api = details.Str("ApiVersion");
  if (!details.Str("MinAPIVersion").empty()) {
    api += " (minimum version " + details.Str("MinAPIVersion") + ")";
  }
  return Indented("Version", version) + Indented("API version", api) +
         Indented("Go version", details.Str("GoVersion")) +
         Indented("Git commit", details.Str("GitCommit")) +
         Indented("Built", details.Str("BuildTime")) +
         Indented("OS/Arch", details.Str("Os") + "/" + details.Str("Arch")) +
         Indented("Experimental", details.Str("Experimental"));
}

std::string ServerText(const Value& server) {
  std::string name = server.At("Platform").Str("Name");
  std::string out = "\nServer:" + (name.empty() ? "" : " " + name) + "\n";
  for (const Value& component : server.At("Components").List()) {
    out += " " + component.Str("Name") + ":\n";
    const Value& details = component.At("Details");
    if (component.Str("Name") == "Engine") {
      out += EngineText(details, component.Str("Version"));
      continue;
    }
    out += Indented("Version", component.Str("Version"));
    std::vector<std::pair<std::string, std::string>> lines;
    for (const auto& [key, value] : details.Fields()) lines.emplace_back(key, value.Str());
    std::sort(lines.begin(), lines.end());
    for (const auto& [key, value] : lines) out += Indented(key, value);
  }
  return out;
}

// "Thu May  7 21:09:36 2026" of an RFC 3339 time; anything else as it is.
std::string Ansic(const std::string& rfc3339) {
  static constexpr const char* kDays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto time = gotime::ParseRfc3339(rfc3339);
  if (!time.ok() || time->seconds < 0) return rfc3339;
  gotime::CivilTime civil = gotime::ToCivil(time->seconds);
  char text[64];
  snprintf(text, sizeof text, "%s %s %2d %02d:%02d:%02d %lld", kDays[time->seconds / 86400 % 7],
           kMonths[civil.month - 1], civil.day, civil.hour, civil.minute, civil.second,
           static_cast<long long>(civil.year));
  return text;
}

// With build times for people to read.
Value Components(const Value& list) {
  ValueList out;
  for (const Value& component : list.List()) {
    Value copy = Value::Object(component.Fields());
    Value details = Value::Object(component.At("Details").Fields());
    if (details.Find("BuildTime") != nullptr) {
      details.Set("BuildTime", Ansic(details.Str("BuildTime")));
    }
    copy.Set("Details", details);
    out.push_back(std::move(copy));
  }
  return Value(std::move(out));
}

// As the client's struct orders and names it.
Value TypedServer(const Value& server) {
  Value out = Value::Object();
  for (const char* key :
       {"Platform", "Components", "Version", "ApiVersion", "MinAPIVersion", "GitCommit",
        "GoVersion", "Os", "Arch", "KernelVersion", "Experimental", "BuildTime"}) {
    if (server.Find(key) == nullptr) continue;
    out.Set(key,
            std::string_view(key) == "Components" ? Components(server.At(key)) : server.At(key));
  }
  auto type = std::make_shared<GoType>();
  type->name = "*types.Version";
  type->field_names = {{"APIVersion", "ApiVersion"}, {"BuildTime", "BuildTime"}};
  return out.WithType(std::move(type));
}

// Docker's template has a name here.
std::string Named(std::string message) {
  auto replace = [&message](const std::string& from, const std::string& to) {
    if (size_t at = message.find(from); at != std::string::npos) {
      message.replace(at, from.size(), to);
    }
  };
  replace("template: :", "template: version:");
  replace("executing \"\" at", "executing \"version\" at");
  return message;
}

Result<int> Run(Invocation& in, const std::string& format) {
  BUOY_ASSIGN(api::Client * connection, in.cli.client());
  auto negotiated = connection->Version();
  Value client =
      ClientVersion(in.cli, negotiated.ok() ? *negotiated : std::string(kClientApiVersion));
  auto server = in.cli.Get("/version");
  if (format.empty()) {
    in.cli.Out(ClientText(client) + (server.ok() ? ServerText(TypedServer(*server)) : ""));
  } else {
    auto type = std::make_shared<GoType>();
    type->name = "system.versionInfo";
    Value all = Value::Object();
    all.Set("Client", client).Set("Server", server.ok() ? TypedServer(*server) : Value());
    auto parsed = Template::Parse(format == "json" ? "{{json .}}" : format);
    if (!parsed.ok()) {
      return Exit(in.cli, 64, "template parsing error: " + Named(parsed.error().message()));
    }
    std::string partial;
    auto out = parsed->Execute(all.WithType(std::move(type)), Template::Mode::kRow, &partial);
    in.cli.Out((out.ok() ? *out : partial) + "\n");
    if (!out.ok() && server.ok()) return InvalidArgument(Named(out.error().message()));
  }
  if (!server.ok()) return std::move(server).error();
  return 0;
}

}  // namespace

Command Version() {
  auto format = std::make_shared<std::string>();
  return {.use = "version [OPTIONS]",
          .brief = "Show the Docker version information",
          .args = NoArgs(),
          .flags =
              [format](FlagSet& flags) {
                flags.String(format.get(), "format", 'f', kInspectFormatHelp);
              },
          .run = [format](Invocation& in) { return Run(in, *format); },
          .top_order = 11};
}

}  // namespace buoy::cli
