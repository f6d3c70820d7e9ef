package dev.quire.server;

import dev.quire.server.cli.QuireCommand;

/** Entry point of the program. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(QuireCommand.run(args, System.getenv()));
    }
}
