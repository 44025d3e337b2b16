import { ownersLines } from './build-multiline.ts';
import type { KubernetesConfig } from '../config/kubernetes-schema.ts';
import { conventionsIn } from '../model/exclusion.ts';
import type { StageConfig } from '../config/stages-schema.ts';
import { annotationsOf, ownersWords } from '../enrich/owner-processing.ts';
import type { PodOfSource } from '../enrich/stream-identity.ts';
import type { OwnerMultiline } from '../model/owner-multiline.ts';
import { ownerStages } from './owner-stages.ts';

/** What the owner of a pod says of the lines of a container. */
interface OwnersWord {
  /** By channel, what is done with them before what is configured; none for a pod that is not known. */
  readonly stages: readonly (readonly StageConfig[])[];
  /** How they are joined; null: as it is configured. */
  readonly multiline: OwnerMultiline | null;
  /** Annotations that this is made of. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Annotations that nobody understands. */
  readonly faulty: readonly string[];
}

const NOTHING: OwnersWord = { stages: [], multiline: null, annotations: {}, faulty: [] };

/** All that, as far as it is heeded. */
export function ownersWord(pod: PodOfSource, container: string, kubernetes: KubernetesConfig): OwnersWord {
  if (pod === 'unknown' || pod === null) return NOTHING;
  const conventions = conventionsIn(kubernetes);
  const words = ownersWords(pod, container, conventions);
  const lines = ownersLines(pod, container, conventions);
  return {
    stages: words.map(({ processing }) => ownerStages(processing, kubernetes.annotations.tenant)),
    multiline: lines.multiline,
    annotations: { ...annotationsOf(words), ...lines.annotations },
    faulty: [...words.flatMap(({ faulty }) => faulty), ...lines.faulty],
  };
}
