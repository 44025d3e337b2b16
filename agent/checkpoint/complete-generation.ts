import type { Position } from '../model/position.ts';
import type { Checkpoints, OutputSource } from './checkpoint-document.ts';
import { isPosition } from './position-shape.ts';
import type { WholeGeneration } from './read-generation.ts';
import type { Finding } from './report-findings.ts';

export interface LoadedCheckpoints {
  readonly checkpoints: Checkpoints;
  readonly findings: readonly Finding[];
}

/** The checkpoints of the newest generation, with positions of the `older` ones (newest first) for sources that it has no usable one of. */
export function completeGeneration(newest: WholeGeneration, older: readonly WholeGeneration[]): LoadedCheckpoints {
  const { checkpoints, misshapen } = newest.document;
  const outputs = new Map(Object.entries(checkpoints.outputs).map(([output, positions]) => [output, new Map(Object.entries(positions))]));
  const recovered: OutputSource[] = [];
  const dropped: OutputSource[] = [];
  for (const [output, id] of misshapen) {
    const position = newestPosition(older, [output, id]);
    if (position !== undefined) outputs.get(output)?.set(id, position);
    (position === undefined ? dropped : recovered).push([output, id]);
  }
  const completed = Object.fromEntries([...outputs].map(([output, positions]) => [output, Object.fromEntries(positions)]));
  return { checkpoints: { ...checkpoints, outputs: completed }, findings: findingsOf(recovered, dropped) };
}

function newestPosition(generations: readonly WholeGeneration[], [output, id]: OutputSource): Position | undefined {
  return generations.map(({ document }) => document.checkpoints.outputs[output]?.[id]).find(isPosition);
}

function findingsOf(recovered: readonly OutputSource[], dropped: readonly OutputSource[]): Finding[] {
  const findings: Finding[] = [];
  if (recovered.length > 0) findings.push({ kind: 'recovered', sources: recovered });
  if (dropped.length > 0) findings.push({ kind: 'dropped', sources: dropped });
  return findings;
}
