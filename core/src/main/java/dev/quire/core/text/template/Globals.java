package dev.quire.core.text.template;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;

/** The functions every template finds: those of Jinja2's sandbox and the two that Transformers adds. */
final class Globals {

    /** Longest range, as in Jinja2's sandbox. */
    private static final int MAX_RANGE = 100_000;

    private static final int MAX_RANGE_BITS = 56;

    private final Sandbox sandbox;

    private Globals(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    static Scope scope(Sandbox sandbox) {
        Globals globals = new Globals(sandbox);
        Scope scope = Scope.outermost();
        define(scope, "range", globals::range);
        define(scope, "dict", globals::dict);
        define(scope, "namespace", globals::namespace);
        define(scope, "cycler", Globals::cycler);
        define(scope, "joiner", globals::joiner);
        define(scope, "raise_exception", globals::raise);
        define(scope, "strftime_now", globals::now);
        return scope;
    }

    private static void define(Scope scope, String name, Function<Arguments, Value> body) {
        scope.set(name, CallableValue.function(name, body));
    }

    private Value range(Arguments arguments) {
        List<Value> given = arguments.only("range", 1, 3);
        long start = given.size() > 1 ? bound(given.get(0)) : 0;
        long stop = bound(given.get(given.size() > 1 ? 1 : 0));
        long step = given.size() > 2 ? bound(given.get(2)) : 1;
        if (step == 0) {
            throw TemplateException.render("range() arg 3 must not be zero");
        }
        long size = Math.max(0, (stop - start + step - Long.signum(step)) / step);
        if (size > MAX_RANGE) {
            throw TemplateException.limit("range() of " + size + " integers exceeds " + MAX_RANGE + ".");
        }
        return new RangeValue(start, stop, step, (int) size);
    }

    private static long bound(Value value) {
        if (value instanceof IntValue number && number.value().bitLength() > MAX_RANGE_BITS) {
            throw TemplateException.limit("range() reaches past " + MAX_RANGE_BITS + " bits.");
        }
        return value instanceof IntValue number ? number.value().longValueExact() : Convert.index(value, "range");
    }

    private Value dict(Arguments arguments) {
        List<Value> positional = new Arguments(arguments.positional(), java.util.Map.of()).only("dict", 0, 1);
        LinkedHashMap<Object, DictValue.Entry> entries = new LinkedHashMap<>();
        if (!positional.isEmpty() && positional.getFirst() instanceof UndefinedValue undefined) {
            throw undefined.failure();
        }
        if (!positional.isEmpty() && positional.getFirst() instanceof DictValue other) {
            entries.putAll(other.entries());
        } else if (!positional.isEmpty()) {
            Iterator<Value> pairs = Convert.iterate(positional.getFirst());
            while (pairs.hasNext()) {
                List<Value> pair = sandbox.drain(pairs.next());
                if (pair.size() != 2) {
                    throw TemplateException.render("dict() needs pairs, got " + pair.size() + " values");
                }
                DictValue.put(entries, pair.get(0), pair.get(1));
            }
        }
        arguments.named().forEach((name, value) -> DictValue.put(entries, new TextValue(name), value));
        return sandbox.dict(entries);
    }

    private Value namespace(Arguments arguments) {
        NamespaceValue namespace = new NamespaceValue();
        if (dict(arguments) instanceof DictValue attributes) {
            attributes.entries().values().forEach(entry -> namespace.set(sandbox.str(entry.key()), entry.value()));
        }
        return namespace;
    }

    private static Value cycler(Arguments arguments) {
        List<Value> items = arguments.only("cycler", 0, Integer.MAX_VALUE);
        if (items.isEmpty()) {
            throw TemplateException.render("cycler() needs at least one item");
        }
        return new CyclerValue(items);
    }

    private Value joiner(Arguments arguments) {
        Value separator = arguments.bind("joiner", "sep").or(0, new TextValue(", "));
        CyclerValue texts = new CyclerValue(List.of(TextValue.EMPTY, separator));
        return CallableValue.function("joiner", _ -> {
            Value text = texts.current();
            if (text == TextValue.EMPTY) {
                texts.next();
            }
            return text;
        });
    }

    private Value raise(Arguments arguments) {
        String message =
                sandbox.str(arguments.bind("raise_exception", "message").required(0));
        throw new TemplateException(TemplateException.Kind.RAISED, message, 0);
    }

    private Value now(Arguments arguments) {
        String format = Convert.text(arguments.bind("strftime_now", "format").required(0), "strftime_now");
        return sandbox.text(Strftime.format(format, sandbox.clock()));
    }
}
