import type { Convention } from '../model/exclusion.ts';
import { LEVELS, type Level } from '../model/level.ts';
import { type LineFormat, type OwnerProcessing, REDACTABLE, type Redactable } from '../model/owner-processing.ts';
import { CHANNEL_NAMES, type Channel } from '../model/record.ts';
import { isTenant } from '../model/tenant.ts';
import { annotationFlag } from './annotation-flag.ts';
import type { AnnotationReader } from './annotation-reader.ts';

/** A container, and one of its channels. */
export interface Speaker {
  readonly container: string;
  readonly channel: Channel;
}

/** What is said in the words of one convention; absent or null: nothing of it. */
export type Wishes = { readonly [Key in keyof OwnerProcessing]?: OwnerProcessing[Key] | null };

type ReadWishes = (annotations: AnnotationReader, speaker: Speaker) => Wishes;

/** Parsers of Fluent Bit's conf/parsers.conf that take nothing but forms of lines that are known here; `done`: every line is read so. */
const PARSERS: Readonly<Record<string, LineFormat | 'done'>> = {
  json: 'json',
  docker: 'json',
  logfmt: 'logfmt',
  'docker-daemon': 'logfmt',
  cri: 'done',
};
const GRAFANA = 'logs.grafana.com/';
const GRAFANA_LEVELS: readonly Level[] = ['info', 'debug', 'trace'];
/** What alloy-modules calls them (modules/kubernetes/annotations/logs/mask.alloy). */
const GRAFANA_MASKS: Readonly<Record<string, Redactable>> = {
  'credit-card': 'card',
  luhn: 'card',
  email: 'email',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
  ssn: 'ssn',
  phone: 'phone',
};
/** utils.alloy there. */
const GRAFANA_SAMPLE_RATE = 0.25;

/** What owners of pods say of their lines, in the words of each convention. */
export const OWNER_WISHES: Readonly<Record<Convention, ReadWishes>> = {
  logferry: (annotations, { container }) => {
    const namesOf = (wish: string): string[] => [`logferry.io/${wish}.${container}`, `logferry.io/${wish}`];
    return {
      format: annotations.read(namesOf('format'), (text) => (text === 'json' || text === 'logfmt' ? text : null)),
      decolorize: annotations.read(namesOf('decolorize'), annotationFlag),
      dropLevels: annotations.read(namesOf('drop-levels'), (text) => listOf(LEVELS, text)),
      sampleRate: annotations.read(namesOf('sample'), rateOf),
      tenant: annotations.read(namesOf('tenant'), tenantOf),
      redact: annotations.read(namesOf('redact'), (text) => listOf(REDACTABLE, text)),
    };
  },
  /** fluent-bit plugins/filter_kubernetes/kube_property.c */
  fluent_bit: (annotations, { container, channel }) => {
    const stream = `fluentbit.io/parser_${CHANNEL_NAMES[channel]}`;
    const names = [`${stream}-${container}`, `fluentbit.io/parser-${container}`, stream, 'fluentbit.io/parser'];
    const parser = annotations.read(names, (text) => (Object.hasOwn(PARSERS, text) ? PARSERS[text]! : null));
    return { format: parser === 'done' ? null : parser };
  },
  vector: () => ({}),
  /** Hints of Filebeat: whoever says how his JSON is to be read, prints JSON. */
  elastic: (annotations, { container }) => {
    const names = [`co.elastic.logs.${container}/json.`, 'co.elastic.logs/json.'].flatMap((name) => annotations.beginning(name));
    return { format: annotations.read(names, () => 'json') };
  },
  grafana: (annotations) => {
    const flagOf = (wish: string): boolean | null => annotations.read([`${GRAFANA}${wish}`], annotationFlag);
    refuseUnknownMasks(annotations);
    const dropLevels = GRAFANA_LEVELS.filter((level) => flagOf(`drop-${level}`) === true);
    return {
      decolorize: flagOf('decolorize'),
      dropLevels: dropLevels.length === 0 ? null : dropLevels,
      sampleRate: annotations.read([`${GRAFANA}sample`, `${GRAFANA}sampling`], sampleOf),
      tenant: annotations.read([`${GRAFANA}tenant`], tenantOf),
      redact: Object.entries(GRAFANA_MASKS).flatMap(([mask, what]) => (flagOf(`mask-${mask}`) === true ? [what] : [])),
    };
  },
};

/** A mask that has no effect is one that somebody counts on. */
function refuseUnknownMasks(annotations: AnnotationReader): void {
  const known = new Set(Object.keys(GRAFANA_MASKS).map((mask) => `${GRAFANA}mask-${mask}`));
  const unknown = annotations.beginning(`${GRAFANA}mask-`).filter((name) => !known.has(name));
  annotations.read(unknown, (text) => (annotationFlag(text) === false ? false : null));
}

/** The words of a list with commas; null when one of them is none of `known`, or there are none. */
function listOf<Word extends string>(known: readonly Word[], text: string): Word[] | null {
  const words = text.split(',').map((word) => word.trim());
  const found = known.filter((word) => words.includes(word));
  return words.every((word) => found.some((known) => known === word)) ? found : null;
}

function tenantOf(text: string): string | null {
  return isTenant(text) ? text : null;
}

/** A decimal number above 0 and up to 1. */
function rateOf(text: string): number | null {
  const rate = /^(?:0?\.\d{1,9}|1(?:\.0{1,9})?)$/.test(text) ? Number(text) : 0;
  return rate > 0 ? rate : null;
}

/** Likewise, or a flag. */
function sampleOf(text: string): number | null {
  const flag = annotationFlag(text);
  if (flag === null) return rateOf(text);
  return flag ? GRAFANA_SAMPLE_RATE : 1;
}
