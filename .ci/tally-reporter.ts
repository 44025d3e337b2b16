import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/**
 * Appends one line per run to the file that TALLY names: how many tests passed, failed and were skipped, and the Node.js that
 * ran them. A suite or module that broke before its tests counts as one failure: it must not look like fewer tests. What failed is
 * appended to TALLY.failures, with its errors, for whoever sees the last lines of a long run only.
 */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { message: string; stack?: string }[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const broken = modules.flatMap((module) => [module, ...module.children.allSuites()]).filter((suite) => suite.errors().length > 0);
    const failed = count('failed') + broken.length + unhandled.length;
    const tally = process.env['TALLY'] ?? '/dev/stderr';
    appendFileSync(tally, `${count('passed')} ${failed} ${count('skipped')} ${process.version}\n`);
    const failures = [
      ...tests.filter((test) => test.result().state === 'failed').map((test) => textOf(test, test.result().errors ?? [])),
      ...broken.map((suite) => textOf(suite, suite.errors())),
      ...unhandled.map(({ message, stack }) => `outside of any test\n${stack ?? message}`),
    ];
    if (process.env['TALLY'] !== undefined) for (const failure of failures) appendFileSync(`${tally}.failures`, `${failure}\n\n`);
  }
}

function textOf(task: TestCase | TestSuite | TestModule, errors: readonly { message: string; stack?: string; diff?: string }[]): string {
  const module = task.type === 'module' ? task : task.module;
  const title = task.type === 'module' ? module.relativeModuleId : `${module.relativeModuleId} > ${task.fullName}`;
  return [title, ...errors.flatMap(({ message, stack = '', diff = '' }) => [message, diff, stack])].join('\n');
}
