package dev.quire.conformance.run;

import dev.quire.conformance.report.RunLog;
import dev.quire.conformance.report.Verdict;

/** What a case found, before profile and waivers are looked at, and what the log says of it. */
record Ran(Verdict verdict, RunLog.Entry log) {}
