/** The kubelet's defaults: containerLogMaxSize, containerLogMaxFiles (kubernetes pkg/kubelet/apis/config/v1beta1/defaults.go). */
const DEFAULT_MAX_BYTES = 10_485_760;
const DEFAULT_MAX_FILES = 5;
/** From so many rotations the size is learnt: one that was done by hand is forgotten. */
const ROTATIONS = 16;

export interface RetentionLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/** What the operator says of them; null for nothing. */
type ToldLimits = { readonly [Limit in keyof RetentionLimits]: number | null };

/** How much of a log the kubelet keeps: what the operator says, else what is learnt from the files of all logs. */
export class Retention {
  readonly #told: ToldLimits;
  /** Sizes of the files that were rotated last. */
  readonly #rotated: number[] = [];
  #maxFiles: number | null = null;

  constructor(told: ToldLimits) {
    this.#told = told;
  }

  get limits(): RetentionLimits {
    return {
      maxBytes: this.#told.maxBytes ?? (this.#rotated.length > 0 ? Math.min(...this.#rotated) : DEFAULT_MAX_BYTES),
      maxFiles: this.#told.maxFiles ?? this.#maxFiles ?? DEFAULT_MAX_FILES,
    };
  }

  /** A file of so many bytes was rotated: the limit is no larger, since files outgrow it until the kubelet looks. */
  rotatedAt(bytes: number): void {
    if (bytes === 0) return;
    this.#rotated.push(bytes);
    if (this.#rotated.length > ROTATIONS) this.#rotated.shift();
  }

  /** So many files were left of a log, the live one among them, as an older one was removed. */
  kept(files: number): void {
    this.#maxFiles = files;
  }
}

export interface LogAhead {
  /** Sizes of the log's files from the oldest that has bytes which are not stored, to the live one. */
  readonly sizes: readonly number[];
  readonly bytesPerSecond: number;
}

/**
 * Seconds until the kubelet removes the first byte that is not stored, if the log goes on growing as it does. A file that is live
 * now goes with the rotation after `maxFiles` - 1 others; each needs `maxBytes` more (kubernetes
 * pkg/kubelet/logs/container_log_manager.go, removeExcessLogs).
 */
export function secondsUntilLoss({ sizes, bytesPerSecond }: LogAhead, { maxBytes, maxFiles }: RetentionLimits): number {
  const rotationsLeft = Math.max(1, maxFiles - (sizes.length - 1));
  const live = Math.min(sizes.at(-1) ?? 0, maxBytes);
  const bytesLeft = (rotationsLeft - 1) * maxBytes + (maxBytes - live);
  return bytesPerSecond > 0 ? bytesLeft / bytesPerSecond : Number.POSITIVE_INFINITY;
}
