#pragma once

#include <string>

#include "common/result/result.h"
#include "daemon/container/container_data.h"
#include "daemon/container/exec_record.h"

// The JSON of this area's own persisted values (the API's types have theirs in common/types).
namespace buoy::container {

// The `details` column.
std::string EncodeDetails(const ContainerData& data);
Status DecodeDetails(const std::string& text, ContainerData& data);

// <exec-root>/containers/<id>/exec-<exec id>.json
std::string EncodeExec(const ExecRecord& exec);
Result<ExecRecord> DecodeExec(const std::string& text);

}  // namespace buoy::container
