package dev.quire.backends.tornado;

import dev.quire.api.Availability;
import java.lang.module.ModuleDescriptor;
import java.util.Optional;
import java.util.Properties;

/**
 * What of a TornadoVM SDK a JVM and this build have.
 *
 * @param properties the JVM's
 * @param api the version of TornadoVM's API, none where its classes are not there
 * @param built whether the part of this backend that needs the API was built
 */
record Sdk(Properties properties, Optional<String> api, boolean built) {
    /** The environment variable that names it. */
    static final String HOME = "TORNADOVM_HOME";

    /** Set by {@code ./quire} where the SDK is of another version, whose flags a JVM may not even start with. */
    static final String FOUND = "quire.tornado.found";

    static final String RUNTIME = "tornado.load.runtime.implementation";
    static final String RECOVERY = "tornado.recover.bailout";

    private static final String VERSION = "5.2.";
    private static final String DEVICES = "dev.quire.backends.tornado.device.SdkDevices";
    private static final String API = "uk.ac.manchester.tornado.api.TaskGraph";

    /** That of the JVM which asks. */
    static Sdk ofThisJvm() {
        Optional<String> version = find(API)
                .map(api -> Optional.ofNullable(api.getModule().getDescriptor())
                        .flatMap(ModuleDescriptor::rawVersion)
                        .orElse("of no version"));
        return new Sdk(System.getProperties(), version, find(DEVICES).isPresent());
    }

    /** The first thing that is missing, none if kernels can run. */
    Optional<Availability.Unavailable> missing() {
        if (properties.containsKey(FOUND)) {
            return wrong(properties.getProperty(FOUND));
        }
        if (!properties.containsKey(RUNTIME)) {
            return Optional.of(withoutRuntime());
        }
        String version = api.orElse("none");
        if (!version.startsWith(VERSION)) {
            return wrong(version);
        }
        if (!properties.getProperty(RECOVERY, "True").equalsIgnoreCase("false")) {
            return unavailable(
                    "a kernel that does not compile would run as sequential Java",
                    "start the JVM with -D%s=False".formatted(RECOVERY));
        }
        return built ? Optional.empty() : Optional.of(notBuilt());
    }

    private Availability.Unavailable withoutRuntime() {
        if (api.isPresent()) {
            return new Availability.Unavailable(
                    "TornadoVM's API is here without an SDK that runs it",
                    "set %s to an SDK of TornadoVM 5.2 for JDK 25 and pass --backend tornado".formatted(HOME));
        }
        return built
                ? new Availability.Unavailable(
                        "this JVM runs without TornadoVM",
                        "set %s to an SDK of TornadoVM 5.2 for JDK 25 and pass --backend tornado: only then does ./quire start it"
                                .formatted(HOME))
                : notBuilt();
    }

    private static Availability.Unavailable notBuilt() {
        return new Availability.Unavailable(
                "this build of Quire has no TornadoVM: %s named no SDK of 5.2 for JDK 25".formatted(HOME),
                "get such an SDK, as `sdk install tornadovm 5.2.0-jdk25-opencl` brings it, set %s to it, and start ./quire with --backend tornado"
                        .formatted(HOME));
    }

    private static Optional<Availability.Unavailable> wrong(String version) {
        return unavailable(
                "%s names TornadoVM %s; Quire needs 5.2 for JDK 25".formatted(HOME, version),
                "set %s to such an SDK, as `sdk install tornadovm 5.2.0-jdk25-opencl` brings".formatted(HOME));
    }

    private static Optional<Availability.Unavailable> unavailable(String reason, String fix) {
        return Optional.of(new Availability.Unavailable(reason, fix));
    }

    /** The devices, where nothing is {@link #missing}. */
    TornadoDevices devices() {
        try {
            return (TornadoDevices)
                    find(DEVICES).orElseThrow().getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(DEVICES + " cannot be made", e);
        }
    }

    private static Optional<Class<?>> find(String name) {
        try {
            return Optional.of(Class.forName(name, false, Sdk.class.getClassLoader()));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }
}
