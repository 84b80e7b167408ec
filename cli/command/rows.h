#pragma once

#include "cli/formatter/value.h"

// Rows of lists that `system df -v` shows too, with their headers.
namespace buoy::cli {

Value ContainerRow(const Value& container, bool trunc);
Value ContainerHeader();
// One row per name of the image.
void AddImageRows(const Value& image, bool trunc, bool need_digest, bool digests, ValueList& rows);
Value ImageHeader();
Value VolumeRow(const Value& volume);
Value VolumeHeader();

}  // namespace buoy::cli
