package dev.quire.core.text.template;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code subject.name} and {@code subject[key]}: methods come first with a dot, keys and elements come first in brackets. */
final class Attributes {

    private static final Set<String> LIST_MUTATORS =
            Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");
    private static final Set<String> DICT_MUTATORS = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private final Sandbox sandbox;
    private final TextMethods textMethods;
    private final CollectionMethods collectionMethods;

    Attributes(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.textMethods = new TextMethods(sandbox, this);
        this.collectionMethods = new CollectionMethods(sandbox);
    }

    Value attribute(Value subject, String name) {
        if (subject instanceof UndefinedValue undefined) {
            throw undefined.failure();
        }
        return member(subject, name).or(() -> keyed(subject, name)).orElseGet(() -> missing(subject, name));
    }

    Value item(Value subject, Value key) {
        if (subject instanceof UndefinedValue undefined) {
            throw undefined.failure();
        }
        sandbox.budget().spend(Shape.of(key).weight());
        return element(subject, key)
                .or(() -> key instanceof TextValue name ? member(subject, name.text()) : Optional.empty())
                .orElseGet(() -> UndefinedValue.element(subject, key));
    }

    /** {@code item} along a path such as {@code author.name} or {@code 0}, as filters take with {@code attribute=}. */
    Value path(Value subject, List<Value> path) {
        Value value = subject;
        for (Value key : path) {
            value = item(value, key);
        }
        return value;
    }

    /** The steps of a dotted path; digits are indexes. */
    static List<Value> steps(Value path) {
        if (path == NoneValue.NONE) {
            return List.of();
        }
        if (!(path instanceof TextValue text)) {
            return List.of(path);
        }
        return List.of(text.text().split("\\.", -1)).stream()
                .map(step -> !step.isEmpty() && step.chars().allMatch(Character::isDigit) && step.length() < 10
                        ? IntValue.of(Integer.parseInt(step))
                        : new TextValue(step))
                .map(Value.class::cast)
                .toList();
    }

    private static Value missing(Value subject, String name) {
        return name.startsWith("__") ? UndefinedValue.unsafe(subject, name) : UndefinedValue.attribute(subject, name);
    }

    private static Optional<Value> keyed(Value subject, String name) {
        return subject instanceof DictValue dict ? dict.get(name) : Optional.empty();
    }

    /** What a value itself offers under a name: a method, or a property of a loop or namespace. */
    private Optional<Value> member(Value subject, String name) {
        return switch (subject) {
            case TextValue text -> textMethods.find(text, name);
            case ListValue _ when LIST_MUTATORS.contains(name) -> Optional.of(UndefinedValue.unsafe(subject, name));
            case DictValue _ when DICT_MUTATORS.contains(name) -> Optional.of(UndefinedValue.unsafe(subject, name));
            case TupleValue tuple when tuple.names().contains(name) -> tuple.named(name);
            case SequenceValue sequence -> collectionMethods.find(sequence, name);
            case DictValue dict -> collectionMethods.find(dict, name);
            case NamespaceValue namespace -> namespace.get(name);
            case LoopValue loop -> loop.attribute(name);
            case CallableValue callable ->
                Optional.ofNullable(callable.attributes().get(name));
            case CyclerValue cycler -> cycler(cycler, name);
            case IntValue _, FloatValue _, BoolValue _ -> NumberMethods.find(subject, name);
            default -> Optional.empty();
        };
    }

    private static Optional<Value> cycler(CyclerValue cycler, String name) {
        return switch (name) {
            case "current" -> Optional.of(cycler.current());
            case "next" -> Optional.of(CallableValue.function("next", _ -> cycler.next()));
            case "reset" ->
                Optional.of(CallableValue.function("reset", _ -> {
                    cycler.reset();
                    return NoneValue.NONE;
                }));
            default -> Optional.empty();
        };
    }

    private Optional<Value> element(Value subject, Value key) {
        return switch (subject) {
            case DictValue dict -> isKey(key) ? dict.get(key) : Optional.empty();
            case SequenceValue sequence ->
                indexed(sequence.elements().size(), key)
                        .map(index -> sequence.elements().get(index));
            case TextValue text -> character(text, key);
            default -> Optional.empty();
        };
    }

    private static boolean isKey(Value key) {
        return switch (key) {
            case ListValue _, DictValue _, DictView _ -> false;
            default -> true;
        };
    }

    private Optional<Value> character(TextValue text, Value key) {
        if (Convert.integer(key).isEmpty()) {
            return Optional.empty();
        }
        sandbox.budget().spend(1 + text.text().length() / 64);
        return indexed(CodePoints.length(text.text()), key).map(index -> {
            int from = CodePoints.offset(text.text(), index);
            return sandbox.text(text.text().substring(from, text.text().offsetByCodePoints(from, 1)), text);
        });
    }

    private static Optional<Integer> indexed(int size, Value key) {
        if (Convert.integer(key).isEmpty()) {
            return Optional.empty();
        }
        long index = Convert.index(key, "index");
        long fromStart = index < 0 ? index + size : index;
        return fromStart >= 0 && fromStart < size ? Optional.of((int) fromStart) : Optional.empty();
    }
}
