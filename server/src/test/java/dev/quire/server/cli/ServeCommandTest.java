package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class ServeCommandTest {
    private static final String HOST = "127.0.0.1";

    @Test
    void aTakenPortIsRefusedBeforeAModelIsLookedFor() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            String port = String.valueOf(taken.getLocalPort());
            CommandRun ran =
                    CommandRun.of("serve", "--model", "no/such/folder/anywhere", "--host", HOST, "--port", port);
            assertEquals(QuireCommand.FAILED, ran.status());
            assertEquals(
                    "Cannot listen on %s:%s: Address already in use. Stop what listens there, or pass --port with another one (0 takes any).%n"
                            .formatted(HOST, port),
                    ran.err());
        }
    }
}
