#pragma once

#include <string>

#include "api/http/tls.h"
#include "common/result/result.h"

namespace buoy::distribution {

// A folder of certs.d: *.crt are authorities (besides the system's), X.cert with X.key is the
// client's certificate. A missing folder says nothing. kInvalidArgument with Docker's texts for a
// certificate without its key and the reverse.
Result<api::TlsFiles> CertificatesOf(const std::string& folder);

}  // namespace buoy::distribution
