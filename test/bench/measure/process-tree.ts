import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of a process and all below it, from /proc (man 5 proc_pid_stat, proc_pid_status). */
export interface TreeSample {
  /** User and system, of children that have ended too. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** The sum of each one's own peak. */
  readonly peakBytes: number;
  /** How often its threads went to sleep of their own accord, which is how often they were woken. */
  readonly wakeups: number;
}

interface ProcessStat {
  readonly parent: number;
  readonly cpuTicks: number;
}

/** USER_HZ, which Linux keeps at 100 for programs whatever the kernel ticks at (man 7 time). */
const TICKS_PER_SECOND = 100;

/** @throws when the process is gone */
export function sampleTree(pid: number, proc = '/proc'): TreeSample {
  const stats = allStats(proc);
  if (!stats.has(pid)) throw new Error(`process ${pid} is gone`);
  const total = { cpuSeconds: 0, residentBytes: 0, peakBytes: 0, wakeups: 0 };
  for (const member of membersOf(pid, stats)) {
    const status = readOrEmpty(join(proc, String(member), 'status'));
    total.cpuSeconds += stats.get(member)!.cpuTicks / TICKS_PER_SECOND;
    total.residentBytes += kilobytes(status, 'VmRSS');
    total.peakBytes += kilobytes(status, 'VmHWM');
    total.wakeups += wakeupsOf(join(proc, String(member), 'task'));
  }
  return total;
}

/** The line of /proc/PID/stat; the name in it may hold spaces and parentheses. */
export function parseStat(text: string): ProcessStat {
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0] = fields;
  // utime, stime, cutime and cstime are fields 14 to 17; the state, field 3, is the first after the name.
  const cpuTicks = fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0);
  return { parent, cpuTicks };
}

function allStats(proc: string): Map<number, ProcessStat> {
  const stats = new Map<number, ProcessStat>();
  for (const name of readdirSync(proc)) {
    const text = /^\d+$/.test(name) ? readOrEmpty(join(proc, name, 'stat')) : '';
    if (text !== '') stats.set(Number(name), parseStat(text));
  }
  return stats;
}

function membersOf(root: number, stats: ReadonlyMap<number, ProcessStat>): number[] {
  const members = [root];
  for (const member of members) {
    for (const [pid, { parent }] of stats) if (parent === member) members.push(pid);
  }
  return members;
}

function wakeupsOf(tasks: string): number {
  let wakeups = 0;
  for (const task of namesOrNone(tasks)) {
    const status = readOrEmpty(join(tasks, task, 'status'));
    wakeups += Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
  }
  return wakeups;
}

function kilobytes(status: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
}

/** A process may end between two looks. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function namesOrNone(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
