package dev.quire.core.text.template;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.AnnotationBasedArgumentsProvider;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** A test of an expression and what it renders as, for each line: {@code 1 + 1 => 2}. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@ArgumentsSource(Expressions.Lines.class)
@interface Expressions {
    String[] value();

    /** Parts each line in two. */
    final class Lines extends AnnotationBasedArgumentsProvider<Expressions> {
        private static final String ARROW = " => ";

        @Override
        protected Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context, Expressions expressions) {
            return Arrays.stream(expressions.value()).map(Lines::parts);
        }

        private static Arguments parts(String line) {
            int at = line.indexOf(ARROW);
            return Arguments.of(line.substring(0, at), line.substring(at + ARROW.length()));
        }
    }
}
