package dev.quire.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenAddressTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder;

    @Test
    void aServerWithACertificateSpeaksTls() throws Exception {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        writeKeyPair(certificate, key);
        try (RunningServer server =
                RunningServer.with("ssl-certfile", certificate.toString(), "ssl-keyfile", key.toString())) {
            HttpClientOptions trusting = new HttpClientOptions()
                    .setSsl(true)
                    .setTrustOptions(new PemTrustOptions().addCertPath(certificate.toString()));
            RequestOptions health = new RequestOptions()
                    .setPort(server.port())
                    .setHost("localhost")
                    .setURI("/health");
            assertEquals(200, server.status(trusting, health));
        }
    }

    @Test
    void aServerListensOnAUnixDomainSocket() {
        Path socket = folder.resolve("quire.sock");
        try (RunningServer server = RunningServer.with("uds", socket.toString())) {
            assertTrue(Files.exists(socket), "no socket at " + socket);
            RequestOptions health = new RequestOptions()
                    .setServer(SocketAddress.domainSocketAddress(socket.toString()))
                    .setHost("localhost")
                    .setURI("/health");
            assertEquals(200, server.status(new HttpClientOptions(), health));
        }
    }

    /** Makes a key pair with the JDK's keytool and writes it as PEM. */
    private void writeKeyPair(Path certificate, Path key) throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "RSA",
                        "-keysize",
                        "2048",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD,
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost"))
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes());
        assertEquals(0, keytool.waitFor(), output);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        write(certificate, "CERTIFICATE", keys.getCertificate("server").getEncoded());
        write(key, "PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
    }

    private static void write(Path file, String type, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, body, type));
    }
}
