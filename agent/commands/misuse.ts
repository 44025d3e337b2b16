import { formatProblem, type Problem } from '../config/problem.ts';
import { EXIT_MISUSE, type Host } from './command.ts';

/** Says what is wrong with how a command was called, and where to read how to; returns its exit code. */
export function misuse({ stderr }: Pick<Host, 'stderr'>, command: string, message: string): number {
  stderr.write(`logferry ${command}: ${message}\nSee logferry ${command} --help.\n`);
  return EXIT_MISUSE;
}

/** Says what is to be repaired in what an operator has written, one per line; returns the exit code of a command that cannot go on. */
export function refuseProblems({ stderr }: Pick<Host, 'stderr'>, problems: readonly Problem[]): number {
  for (const problem of problems) stderr.write(`${formatProblem(problem)}\n`);
  return EXIT_MISUSE;
}
