import type { Pod } from '../model/pod.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';

/** Of how many annotations it is remembered that they were spoken of; beyond that those are forgotten that were first. */
const MAX_SAID = 1024;
/** Longest piece of a value that is repeated: whoever wrote it may have written anything. */
const MAX_QUOTED = 64;

/** Says of annotations of pods that they have no effect: of each once, since nothing is lost and only its owner can mend it. */
export class AnnotationFaults {
  readonly #log: ThrottledLogger;
  readonly #said = new Set<string>();

  constructor(log: ThrottledLogger) {
    this.#log = log;
  }

  /** `names`: annotations of the pod that have no effect. */
  say({ uid, namespace, name: pod, annotations }: Pod, names: readonly string[]): void {
    for (const annotation of names) {
      const key = `${uid} ${annotation}`;
      if (this.#said.has(key)) continue;
      this.#remember(key);
      const value = annotations[annotation]?.slice(0, MAX_QUOTED);
      this.#log.warn(key, { namespace, pod, annotation, value }, 'an annotation of a pod is not understood and has no effect');
    }
  }

  #remember(key: string): void {
    this.#said.add(key);
    if (this.#said.size <= MAX_SAID) return;
    const [first] = this.#said;
    this.#said.delete(first!);
  }
}
