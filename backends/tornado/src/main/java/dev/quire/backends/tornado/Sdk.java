package dev.quire.backends.tornado;

import dev.quire.api.Availability;
import java.lang.module.ModuleDescriptor;
import java.util.Optional;
import java.util.Properties;

/** What of a TornadoVM SDK this JVM has. */
final class Sdk {
    /** The environment variable that names it. */
    static final String HOME = "TORNADOVM_HOME";

    private static final String VERSION = "5.2.";
    private static final String RUNTIME = "tornado.load.runtime.implementation";
    private static final String RECOVERY = "tornado.recover.bailout";
    /** Set by {@code ./quire} where the SDK is of another version, whose flags a JVM may not even start with. */
    private static final String FOUND = "quire.tornado.found";

    private Sdk() {}

    /** The first thing that is missing, none if kernels can run. */
    static Optional<Availability.Unavailable> missing(Properties properties) {
        if (properties.containsKey(FOUND)) {
            return wrong(properties.getProperty(FOUND));
        }
        Optional<Class<?>> api = api();
        if (!properties.containsKey(RUNTIME)) {
            return Optional.of(
                    api.isPresent()
                            ? new Availability.Unavailable(
                                    "TornadoVM's API is here without an SDK that runs it",
                                    "set %s to an SDK of TornadoVM 5.2 for JDK 25 and pass --backend tornado"
                                            .formatted(HOME))
                            : new Availability.Unavailable(
                                    "this JVM runs without TornadoVM",
                                    "set %s to an SDK of TornadoVM 5.2 for JDK 25 and pass --backend tornado: only then does ./quire start it"
                                            .formatted(HOME)));
        }
        String version = api.map(Sdk::version).orElse("none");
        if (!version.startsWith(VERSION)) {
            return wrong(version);
        }
        if (!properties.getProperty(RECOVERY, "True").equalsIgnoreCase("false")) {
            return Optional.of(new Availability.Unavailable(
                    "a kernel that does not compile would run as sequential Java",
                    "start the JVM with -D%s=False".formatted(RECOVERY)));
        }
        return Optional.empty();
    }

    private static Optional<Availability.Unavailable> wrong(String version) {
        return Optional.of(new Availability.Unavailable(
                "%s names TornadoVM %s; Quire needs 5.2 for JDK 25".formatted(HOME, version),
                "set %s to such an SDK, as `sdk install tornadovm 5.2.0-jdk25-opencl` brings".formatted(HOME)));
    }

    private static Optional<Class<?>> api() {
        try {
            return Optional.of(
                    Class.forName("uk.ac.manchester.tornado.api.TaskGraph", false, Sdk.class.getClassLoader()));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    private static String version(Class<?> api) {
        return Optional.ofNullable(api.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("of no version");
    }
}
