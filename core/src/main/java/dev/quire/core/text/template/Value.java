package dev.quire.core.text.template;

/** Everything an expression can be. A closed set: no Java object of the caller is ever one. */
sealed interface Value
        permits NoneValue,
                UndefinedValue,
                BoolValue,
                IntValue,
                FloatValue,
                TextValue,
                SequenceValue,
                DictValue,
                DictView,
                IteratorValue,
                NamespaceValue,
                CallableValue,
                LoopValue,
                CyclerValue {

    /** Name of the type in messages, as Python prints it. */
    String typeName();

    /** Whether a condition on this value holds. */
    boolean truth();
}
