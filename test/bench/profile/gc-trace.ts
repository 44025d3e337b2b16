/** `[7:0x1] 91 ms: Scavenge 5.4 (6.1) -> 4.9 (6.1) MB, ...` */
const COLLECTION = /\bms: (?:Scavenge|Mark-Compact)\D*? (?<before>[\d.]+) \([\d.]+\) -> (?<after>[\d.]+) \([\d.]+\) MB/;

/**
 * Bytes that a process has allocated on V8's heap up to its last collection, from what `--trace-gc` prints: each collection begins with what
 * the one before has left and what came since. Text of other kinds may stand between.
 */
export function allocatedBytes(trace: string): number {
  let [allocated, left] = [0, 0];
  for (const line of trace.split('\n')) {
    const { before, after } = COLLECTION.exec(line)?.groups ?? {};
    if (before === undefined || after === undefined) continue;
    allocated += Math.max(0, Number(before) - left);
    left = Number(after);
  }
  return allocated * 1024 * 1024;
}
