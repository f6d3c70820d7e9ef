package dev.quire.server.bench.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.server.bench.report.Cell;
import dev.quire.server.bench.report.Column;
import dev.quire.server.bench.report.Plot;
import dev.quire.server.bench.report.Table;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoadReportTest {
    @Test
    void percentilesOfKnownTimesAreRightToThreeDigits() {
        Percentiles times = new Percentiles(IntStream.rangeClosed(1, 1000).mapToDouble(i -> i * 1e-3));
        assertEquals(0.5, times.at(50), 0.001);
        assertEquals(0.9, times.at(90), 0.001);
        assertEquals(0.99, times.at(99), 0.001);
        assertEquals(0.5005, times.mean(), 0.001);
        assertTrue(Double.isNaN(new Percentiles(DoubleStream.empty()).at(50)));
    }

    @Test
    void gapsBetweenArrivalsAreExponentialAndFollowFromTheSeed() {
        double[] arrivals = Arrivals.poisson(20_000, 4, 11);
        assertArrayEquals(arrivals, Arrivals.poisson(20_000, 4, 11));
        assertEquals(20_000 / 4.0, arrivals[19_999], 100);
        long early = IntStream.range(1, arrivals.length)
                .filter(i -> arrivals[i] - arrivals[i - 1] < 0.25)
                .count();
        assertEquals(1 - Math.exp(-1), early / 20_000.0, 0.02);
        assertTrue(DoubleStream.of(Arrivals.poisson(5, Double.POSITIVE_INFINITY, 1))
                .allMatch(at -> at == 0));
    }

    @Test
    void aRequestIsGoodIfItKeepsEveryLimit() {
        StreamTimes answer = new StreamTimes(0.2, 1.2, List.of(0.1, 0.4), 11, 1);
        assertEquals(0.1, answer.perOutputToken(), 1e-12);
        assertTrue(Goodput.parse("ttft:201,tpot:101,itl:401,e2el:1201").kept(answer));
        for (String broken : List.of("ttft:199", "tpot:99", "itl:399", "e2el:1199", "ttft:500,tpot:1")) {
            assertFalse(Goodput.parse(broken).kept(answer), broken);
        }
    }

    @Test
    void timeForATokenIsThatOfOneChoiceHoweverManyComeSideBySide() {
        assertEquals(1, new StreamTimes(1, 5, List.of(), 15, 3).perOutputToken(), 1e-12);
        assertTrue(Double.isNaN(new StreamTimes(1, 5, List.of(), 3, 3).perOutputToken()));
    }

    @Test
    void limitsThatAreNoneSayHowTheyAreWritten() {
        for (String wrong : List.of("", "ttft", "ttft:", "ttft:0", "ttft:-3", "ttft:fast", "speed:3")) {
            var refused = assertThrows(IllegalArgumentException.class, () -> Goodput.parse(wrong), wrong);
            assertTrue(refused.getMessage().contains("ttft"), refused.getMessage());
        }
    }

    @Test
    void aLoadIsCountedPerSecond() {
        Load slow = new Load(
                2,
                4,
                List.of(new StreamTimes(0.1, 0.5, List.of(0.4), 2, 1), new StreamTimes(0.3, 0.3, List.of(), 1, 1)),
                List.of("status 429"));
        Load all = new Load(Double.POSITIVE_INFINITY, 1, slow.answers(), List.of());
        LoadReport report = new LoadReport(List.of(slow, all), Optional.of(Goodput.parse("ttft:200")));
        Table load = report.tables().getFirst();
        assertEquals("2.000", ((Cell.Text) load.rows().get(0).get(0)).text());
        assertEquals("inf", ((Cell.Text) load.rows().get(1).get(0)).text());
        assertEquals(2, figure(load, "completed"));
        assertEquals(1, figure(load, "failed"));
        assertEquals(0.5, figure(load, "requests_per_second"));
        assertEquals(0.75, figure(load, "output_tokens_per_second"));
        assertEquals(0.25, figure(load, "goodput_per_second"));
        assertEquals(2 * 4, report.tables().getLast().rows().size());
        assertTrue(report.plots().stream().allMatch(Plot.Bars.class::isInstance));
    }

    @Test
    void severalRatesMakeCurves() {
        List<StreamTimes> answers = List.of(new StreamTimes(0.1, 0.5, List.of(0.4), 2, 1));
        LoadReport report = new LoadReport(
                List.of(new Load(1, 1, answers, List.of()), new Load(2, 1, answers, List.of())), Optional.empty());
        assertTrue(report.plots().stream().allMatch(Plot.Lines.class::isInstance));
        assertTrue(Double.isNaN(figure(report.tables().getFirst(), "goodput_per_second")));
    }

    private static double figure(Table table, String key) {
        int column = table.columns().stream().map(Column::key).toList().indexOf(key);
        return ((Cell.Figure) table.rows().getFirst().get(column)).value();
    }
}
