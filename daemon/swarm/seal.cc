#include "daemon/swarm/seal.h"

#include <openssl/evp.h>

#include <memory>

#include "daemon/swarm/base36.h"

namespace buoy::swarm {
namespace {

constexpr size_t kNonceBytes = 12, kTagBytes = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
int Size(std::string_view text) { return static_cast<int>(text.size()); }

}  // namespace

Result<std::string> Seal(std::string_view key, std::string_view context, std::string_view text) {
  if (key.size() != kSealKeyBytes) return Internal("a key of another length");
  Context cipher(EVP_CIPHER_CTX_new());
  const std::string nonce = RandomBytes(kNonceBytes);
  std::string body(text.size(), '\0'), tag(kTagBytes, '\0');
  int size = 0;
  const bool sealed =
      cipher &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(nonce)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, Bytes(context), Size(context)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), Bytes(body), &size, Bytes(text), Size(text)) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), Bytes(tag), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1;
  if (!sealed) return Internal("cannot encrypt");
  return nonce + body + tag;
}

Result<std::string> Unseal(std::string_view key, std::string_view context,
                           std::string_view sealed) {
  const Error wrong = Unauthorized("cannot decrypt: another key, or damaged");
  if (key.size() != kSealKeyBytes || sealed.size() < kNonceBytes + kTagBytes) return wrong;
  Context cipher(EVP_CIPHER_CTX_new());
  const std::string_view nonce = sealed.substr(0, kNonceBytes);
  const std::string_view body = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string text(body.size(), '\0');
  int size = 0;
  const bool opened =
      cipher &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(nonce)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, Bytes(context), Size(context)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), Bytes(text), &size, Bytes(body), Size(body)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), Bytes(tag), &size) == 1;
  if (!opened) return wrong;
  return text;
}

}  // namespace buoy::swarm
