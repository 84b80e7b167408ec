// The client against the server over fakes: unix sockets, TCP and TLS.
#include "api/client/client.h"

#include <gtest/gtest.h>

#include "api/server/testing/api_fixture.h"

namespace buoy::api {
namespace {

class ClientTest : public ApiFixture {
 protected:
  std::unique_ptr<Client> NewClient(ClientOptions options = {}) {
    if (options.host == kDefaultHost) options.host = "unix://" + socket_;
    auto client = Client::Create(std::move(options));
    EXPECT_TRUE(client.ok());
    return *std::move(client);
  }
  // A certificate of its own authority for 127.0.0.1, as cert.pem and key.pem.
  void MakeCertificate() {
    std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 "
        "-keyout " +
        folder_ + "/key.pem -out " + folder_ + "/cert.pem >/dev/null 2>&1";
    ASSERT_EQ(system(command.c_str()), 0);
  }
  ClientOptions TlsOptions() {
    MakeCertificate();
    TlsFiles files{.ca = folder_ + "/cert.pem",
                   .cert = folder_ + "/cert.pem",
                   .key = folder_ + "/key.pem",
                   .verify = true};
    auto context = TlsContext::Server(files);
    EXPECT_TRUE(context.ok());
    ClientOptions options;
    options.host = "tcp://127.0.0.1:" + std::to_string(ListenTcp(*context));
    options.tls = options.tls_verify = true;
    options.ca_file = files.ca;
    options.cert_file = files.cert;
    options.key_file = files.key;
    return options;
  }
  // Echoes through an attached container, ends the input and reads the end.
  static void CheckAttach(Client& client) {
    Call call;
    call.method = "POST";
    call.path = "/containers/web/attach";
    call.query.AddFlag("stream", true);
    auto stream = client.Hijack(call);
    ASSERT_TRUE(stream.ok()) << stream.error().message();
    EXPECT_EQ(stream->status, 101);
    EXPECT_TRUE(stream->multiplexed);
    RawClient peer(std::move(stream->fd));
    // More than all buffers on the way hold, in both directions at once.
    const std::string block(1 << 20, 'x');
    std::thread writer([&peer, &block] {
      for (int i = 0; i < 4; ++i) (void)WriteAllWaiting(peer.fd(), block);
      shutdown(peer.fd(), SHUT_WR);
    });
    std::string all = stream->leftover + peer.ReadToEnd();
    writer.join();
    EXPECT_EQ(all.size(), 4 * block.size() + 12);
    EXPECT_TRUE(all.ends_with("xend of input"));
  }

 private:
  static bool WriteAllWaiting(int fd, std::string_view data) {
    while (!data.empty()) {
      ssize_t sent = send(fd, data.data(), data.size(), MSG_NOSIGNAL);
      if (sent > 0) {
        data.remove_prefix(static_cast<size_t>(sent));
      } else if (errno != EAGAIN || !*WaitFor(fd, 4 /* POLLOUT */, 10000)) {
        return false;
      }
    }
    return true;
  }
};

TEST_F(ClientTest, NegotiatesItsVersion) {
  auto client = NewClient();
  EXPECT_EQ(*client->Version(), "1.51");
  auto ping = client->Ping();
  ASSERT_TRUE(ping.ok());
  EXPECT_EQ(ping->os_type, "linux");
  EXPECT_EQ(ping->swarm, "inactive");
}

TEST_F(ClientTest, ReusesItsConnection) {
  auto client = NewClient();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client->Do("GET", "/containers/json").ok());
  EXPECT_EQ(engine().connections(), 1u);
}

TEST_F(ClientTest, ErrorsHaveTheDaemonsText) {
  auto client = NewClient();
  auto reply = client->Do("POST", "/containers/none/start");
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().kind(), ErrorKind::kNotFound);
  EXPECT_EQ(reply.error().message(), "Error response from daemon: No such container: none");
  EXPECT_EQ(ServerMessage(reply.error()), "No such container: none");
  EXPECT_EQ(client->Do("POST", "/containers/stopped/start")->status, 304);
}

TEST_F(ClientTest, AnUploadIsStreamed) {
  auto client = NewClient();
  StringSource source(std::string(3'000'000, 't'));
  Call call;
  call.method = "PUT";
  call.path = "/containers/web/archive";
  call.query.Add("path", "/");
  call.upload = &source;
  EXPECT_EQ(client->Do(call)->status, 200);
  EXPECT_EQ(daemon_.containers.uploaded, 3'000'000u);
}

TEST_F(ClientTest, ABrokenStreamIsAnError) {
  auto client = NewClient();
  EXPECT_FALSE(client->Do("GET", "/containers/web/export").ok());
}

TEST_F(ClientTest, AttachesOverAUnixSocket) { CheckAttach(*NewClient()); }

TEST_F(ClientTest, AttachesOverTls) {
  auto client = NewClient(TlsOptions());
  EXPECT_EQ(client->Do("GET", "/_ping")->body, "OK");
  CheckAttach(*client);
}

TEST_F(ClientTest, TlsServerWantsAKnownClient) {
  ClientOptions options = TlsOptions();
  options.cert_file = options.key_file = "";
  EXPECT_FALSE(NewClient(options)->Do("GET", "/_ping").ok());
  EXPECT_EQ(Get("/_ping").status, 200);
}

TEST_F(ClientTest, DrainWaitsForATlsRelay) {
  auto client = NewClient(TlsOptions());
  Call call;
  call.method = "POST";
  call.path = "/containers/web/attach";
  auto stream = client->Hijack(call);
  ASSERT_TRUE(stream.ok());
  RawClient peer(std::move(stream->fd));
  std::thread ending([&peer] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    peer.Send("last words");
    peer.EndInput();
  });
  EXPECT_TRUE(engine().Drain(std::chrono::seconds(10)));
  ending.join();
  EXPECT_EQ(stream->leftover + peer.ReadToEnd(), "last wordsend of input");
}

TEST(ClientErrorTest, NobodyThere) {
  ClientOptions options;
  options.host = "unix:///nonexistent/docker.sock";
  auto client = Client::Create(options);
  ASSERT_TRUE(client.ok());
  auto reply = (*client)->Do("GET", "/info");
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(reply.error().message(),
            "Cannot connect to the Docker daemon at unix:///nonexistent/docker.sock. Is the docker "
            "daemon running?");
}

}  // namespace
}  // namespace buoy::api
