package dev.quire.conformance.run;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.types.Support;
import dev.quire.conformance.oracle.OracleBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;

/** The oracle, with a device for each way in which a backend may go wrong when it runs a Scale. */
public final class MoodyProvider implements BackendProvider {
    /** What a device does. */
    public enum Mood {
        SOUND,
        CRASHES,
        HANGS,
        THROWS,
        OVERFLOWS,
        WRONG,
        REFUSES,
        CRASHES_WHEN_OPENED,
        CANNOT_BE_OPENED
    }

    @Override
    public String name() {
        return "moody";
    }

    @Override
    public Availability availability() {
        return new Availability.Available();
    }

    @Override
    public List<DeviceInfo> devices() {
        return Arrays.stream(Mood.values())
                .map(mood -> new DeviceInfo(mood.ordinal(), mood.name(), 1, "10.2"))
                .toList();
    }

    @Override
    public List<String> unproven() {
        return List.of("its temper on Mondays");
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        Mood mood = Mood.valueOf(device.name());
        switch (mood) {
            case CRASHES_WHEN_OPENED -> Runtime.getRuntime().halt(9);
            case CANNOT_BE_OPENED -> throw new IllegalStateException("no driver");
            default -> {}
        }
        return moody(new OracleBackend(), mood);
    }

    private static AttentionBackend moody(AttentionBackend oracle, Mood mood) {
        Class<AttentionBackend> type = AttentionBackend.class;
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            if (method.getName().equals("supports") && mood == Mood.REFUSES && args[0] instanceof Op.Scale) {
                return Support.no("no <scales> today");
            }
            if (method.getName().equals("compile")) {
                args[0] = compiled((Program) args[0], mood);
            }
            try {
                return method.invoke(oracle, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private static Program compiled(Program program, Mood mood) throws InterruptedException {
        if (program.ops().stream().noneMatch(Op.Scale.class::isInstance)) {
            return program;
        }
        return switch (mood) {
            case CRASHES -> {
                System.out.println("the last words");
                Runtime.getRuntime().halt(139);
                yield program;
            }
            case HANGS -> {
                Thread.sleep(Long.MAX_VALUE);
                yield program;
            }
            case THROWS -> throw new IllegalStateException("out of scales", new ArithmeticException("too heavy"));
            case OVERFLOWS -> throw new StackOverflowError("deep");
            case WRONG ->
                new Program(
                        program.inputs(),
                        program.weights(),
                        program.ops().stream()
                                .map(op -> op instanceof Op.Scale s
                                        ? (Op) new Op.Scale(s.x(), s.factor() * 1.001, s.out())
                                        : op)
                                .toList(),
                        program.outputs());
            default -> program;
        };
    }
}
