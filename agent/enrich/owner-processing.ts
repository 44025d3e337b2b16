import type { Convention } from '../model/exclusion.ts';
import { LEVELS, type Level } from '../model/level.ts';
import type { LineFormat, OwnerProcessing } from '../model/owner-processing.ts';
import type { Pod } from '../model/pod.ts';
import { CHANNEL_NAMES, CHANNELS, type Channel } from '../model/record.ts';
import { SHAPES, type Shape } from '../model/shape.ts';
import { annotationFlag } from './annotation-flag.ts';
import { AnnotationReader } from './annotation-reader.ts';

/** A container, and one of its channels. */
interface Speaker {
  readonly container: string;
  readonly channel: Channel;
}

/** What is said in the words of one convention; absent: nothing of it. */
type Wishes = Partial<OwnerProcessing>;
type ReadWishes = (annotations: AnnotationReader, speaker: Speaker) => Wishes;

/** Parsers of Fluent Bit's conf/parsers.conf that take nothing but forms of lines that are known here; `done`: every line is read so. */
const PARSERS: Readonly<Record<string, LineFormat | 'done'>> = {
  json: 'json',
  docker: 'json',
  logfmt: 'logfmt',
  'docker-daemon': 'logfmt',
  cri: 'done',
};
const DROPPED: readonly Level[] = ['info', 'debug', 'trace'];
/** What alloy-modules calls them (modules/kubernetes/annotations/logs/mask.alloy). */
const MASKS: Readonly<Record<string, Shape>> = { 'credit-card': 'card', luhn: 'card', email: 'email', ipv4: 'ipv4', ipv6: 'ipv6' };

const READERS: Readonly<Record<Convention, ReadWishes>> = {
  logferry: (annotations, { container }) => {
    const namesOf = (wish: string): string[] => [`logferry.io/${wish}.${container}`, `logferry.io/${wish}`];
    const format = annotations.read(namesOf('format'), (text) => (text === 'json' || text === 'logfmt' ? text : null));
    const dropLevels = annotations.read(namesOf('drop-levels'), (text) => listOf(LEVELS, text));
    const redact = annotations.read(namesOf('redact'), (text) => listOf(SHAPES, text));
    return { ...(format && { format }), ...(dropLevels && { dropLevels }), ...(redact && { redact }) };
  },
  /** fluent-bit plugins/filter_kubernetes/kube_property.c */
  fluent_bit: (annotations, { container, channel }) => {
    const stream = `fluentbit.io/parser_${CHANNEL_NAMES[channel]}`;
    const names = [`${stream}-${container}`, `fluentbit.io/parser-${container}`, stream, 'fluentbit.io/parser'];
    const parser = annotations.read(names, (text) => (Object.hasOwn(PARSERS, text) ? PARSERS[text]! : null));
    return parser === null || parser === 'done' ? {} : { format: parser };
  },
  vector: () => ({}),
  /** Hints of Filebeat: whoever says how his JSON is to be read, prints JSON. */
  elastic: (annotations, { container }) => {
    const names = [`co.elastic.logs.${container}/json.`, 'co.elastic.logs/json.'].flatMap((name) => annotations.beginning(name));
    return annotations.read(names, (text) => text) === null ? {} : { format: 'json' };
  },
  /** grafana/alloy-modules, modules/kubernetes/annotations/logs */
  grafana: (annotations) => {
    const isOn = (wish: string): boolean => annotations.read([`logs.grafana.com/${wish}`], annotationFlag) === true;
    const dropLevels = DROPPED.filter((level) => isOn(`drop-${level}`));
    const redact = Object.entries(MASKS).flatMap(([mask, shape]) => (isOn(`mask-${mask}`) ? [shape] : []));
    const unknown = annotations
      .beginning('logs.grafana.com/mask-')
      .filter((name) => !Object.hasOwn(MASKS, name.slice('logs.grafana.com/mask-'.length)));
    // A mask that has no effect is one that somebody counts on.
    annotations.read(unknown, (text) => (annotationFlag(text) === false ? false : null));
    return { ...(dropLevels.length > 0 && { dropLevels }), ...(redact.length > 0 && { redact: [...new Set(redact)] }) };
  },
};

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
  const wishes = conventions.map((convention) => READERS[convention](reader, speaker));
  return {
    processing: {
      format: wishes.find(({ format }) => format !== undefined)?.format ?? null,
      dropLevels: wishes.find(({ dropLevels }) => dropLevels !== undefined)?.dropLevels ?? [],
      redact: [...new Set(wishes.flatMap(({ redact = [] }) => redact))],
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

/** The words of a list with commas; null when one of them is none of `known`, or there are none. */
function listOf<Word extends string>(known: readonly Word[], text: string): Word[] | null {
  const words = text.split(',').map((word) => word.trim());
  const found = known.filter((word) => words.includes(word));
  return words.every((word) => found.some((known) => known === word)) ? found : null;
}
