#pragma once

#include <string>

#include "common/result/result.h"

// Checks of single values, with Docker's texts.
namespace buoy::config {

Result<std::string> CheckLabel(const std::string& text);
Result<std::string> CheckMirror(const std::string& text);
Result<std::string> CheckInsecureRegistry(const std::string& text);
Result<std::string> CheckDnsSearch(const std::string& text);
Result<std::string> CheckGenericResource(const std::string& text);
Result<std::string> CheckHost(const std::string& text);
Result<std::string> CheckLogLevel(const std::string& text);
Result<std::string> CheckLogFormat(const std::string& text);
Result<std::string> CheckExecOpt(const std::string& text);
Result<std::string> CheckIpcMode(const std::string& text);
Result<std::string> CheckCgroupnsMode(const std::string& text);
Result<std::string> CheckFixedCidrV6(const std::string& text);
Result<std::string> CheckCidr(const std::string& text);      // "" or ADDRESS/LENGTH
Result<std::string> CheckAbsolute(const std::string& text);  // "" or an absolute path
Result<std::string> CheckMtu(const std::string& text);
Result<std::string> CheckDownloads(const std::string& text);
Result<std::string> CheckUploads(const std::string& text);
Result<std::string> CheckAttempts(const std::string& text);
Result<std::string> CheckDiagnosticPort(const std::string& text);
// Bytes; bounded by what the kernel gives an unprivileged pipe, /proc/sys/fs/pipe-max-size.
Result<std::string> CheckStdioBuffer(const std::string& text);
Result<std::string> CheckCorsHeader(const std::string& text);

// "unix:///var/run/docker.sock", "tcp://0.0.0.0:2375", "fd://": defaults filled in.
Result<std::string> NormalizeHost(const std::string& text);

}  // namespace buoy::config
