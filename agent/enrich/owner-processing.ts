import type { Convention } from '../model/exclusion.ts';
import type { OwnerProcessing } from '../model/owner-processing.ts';
import type { Pod } from '../model/pod.ts';
import { CHANNELS } from '../model/record.ts';
import { AnnotationReader } from './annotation-reader.ts';
import { OWNER_WISHES, type Speaker, type Wishes } from './owner-wishes.ts';

export interface OwnersWord {
  readonly processing: OwnerProcessing;
  /** Annotations that it is made of. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Annotations that nobody understands, and which so have no effect. */
  readonly faulty: readonly string[];
}

/**
 * What the owner of a pod says of the lines of a channel, in the words of these conventions: of each thing, what the first of them says. What is
 * to be redacted in the words of any of them is redacted.
 */
export function ownerProcessing({ annotations }: Pod, speaker: Speaker, conventions: readonly Convention[]): OwnersWord {
  const reader = new AnnotationReader(annotations);
  const wishes = conventions.map((convention) => OWNER_WISHES[convention](reader, speaker));
  return {
    processing: {
      format: first(wishes, 'format'),
      decolorize: first(wishes, 'decolorize') ?? false,
      dropLevels: first(wishes, 'dropLevels') ?? [],
      sampleRate: first(wishes, 'sampleRate') ?? 1,
      tenant: first(wishes, 'tenant'),
      redact: [...new Set(wishes.flatMap(({ redact }) => redact ?? []))],
    },
    annotations: reader.understood,
    faulty: reader.faulty,
  };
}

/** The same of both channels of a container. */
export function ownersWords(pod: Pod, container: string, conventions: readonly Convention[]): readonly OwnersWord[] {
  return CHANNELS.map((channel) => ownerProcessing(pod, { container, channel }, conventions));
}

/** All annotations that they are made of. */
export function annotationsOf(words: readonly OwnersWord[]): Readonly<Record<string, string>> {
  return Object.assign({}, ...words.map(({ annotations }) => annotations)) as Record<string, string>;
}

function first<Key extends keyof OwnerProcessing>(wishes: readonly Wishes[], key: Key): OwnerProcessing[Key] | null {
  return wishes.find((wish) => (wish[key] ?? null) !== null)?.[key] ?? null;
}
