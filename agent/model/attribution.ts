import type { AppliedRoute } from './applied-route.ts';
import type { Owner } from './pod.ts';
import type { Channel } from './record.ts';

/**
 * What the labels of a log were made of when it was begun: it keeps them for as long as it is there, also over a crash, since what is
 * sent again under other labels is stored twice.
 */
export interface Attribution {
  /** Tells the configuration of labels that this was made for from any other, under which it is worth nothing. */
  readonly options: string;
  /** As much of the pod as counts; null: labels come from the path. */
  readonly pod: PodFacts | null;
  /** The channel that the pod's owner had left out; null: none. */
  readonly muted: Channel | null;
  /** Labels that are metadata here, since there are too many values of them. */
  readonly demoted: readonly string[];
  /** Of labels that come from its lines, the values that were labels, not metadata; absent: none. */
  readonly lineValues?: LineValues;
  /** The rules of `routes` that are for the log; absent: there are no rules. */
  readonly routes?: readonly AppliedRoute[];
}

/** By the name of the label, the CRC-32 of each value. */
export type LineValues = Readonly<Record<string, readonly number[]>>;

/** Of a pod only what labels are made of, and what its owner says of its lines. */
export interface PodFacts {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly controller: Owner | null;
  readonly namespaceLabels: Readonly<Record<string, string>>;
}
