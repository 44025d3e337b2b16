import { sound } from './sound.ts';
import type { StageBuilders } from './build-stages.ts';
import { goDuration } from '../runtime/go-duration.ts';
import { sizeInBytes } from '../runtime/size-in-bytes.ts';
import { compilePattern } from '../patterns/pattern.ts';
import { PlacedPattern } from '../patterns/placed-pattern.ts';
import { DropStage } from '../process/drop-stage.ts';
import { RedactStage } from '../process/redact-stage.ts';
import { type GroupTarget, RegexStage } from '../process/regex-stage.ts';
import { ReplaceStage } from '../process/replace-stage.ts';
import { compileTemplate } from '../templates/compile-template.ts';

type PatternStage = 'drop' | 'redact' | 'regex' | 'replace';

/** Stages that match lines with patterns. */
export const PATTERN_STAGES: Pick<StageBuilders, PatternStage> = {
  drop: (options, { extracted, nowSeconds, countFiltered }) => {
    const { source = [], separator, expression, value = null, drop_counter_reason: reason } = options;
    const { older_than: olderThan, longer_than: longerThan } = options;
    return new DropStage({
      sources: [source].flat().map((name) => extracted.slotOf(name)),
      separator,
      pattern: expression === undefined ? null : sound(compilePattern(expression)),
      value,
      olderThanSeconds: olderThan === undefined ? null : goDuration(olderThan),
      longerThanBytes: longerThan === undefined ? null : sizeInBytes(longerThan),
      nowSeconds,
      countFiltered: () => countFiltered(reason),
    });
  },
  redact: ({ shapes = [], patterns = [], replacement }, { maxLineBytes, scratch, redactions: counts }) => {
    const wanted = patterns.map(({ name, expression, replacement }) => ({ name, pattern: sound(compilePattern(expression)), replacement }));
    return new RedactStage({ options: { shapes, patterns: wanted, replacement, maxLineBytes }, scratch, counts });
  },
  regex: ({ expression, source, labels_from_groups: wantsLabels }, { extracted, labels }) => {
    const pattern = sound(compilePattern(expression));
    const targets = pattern.names.flatMap((name, index): readonly GroupTarget[] => {
      if (name === null) return [];
      return [{ group: index + 1, value: extracted.slotOf(name), label: wantsLabels ? labels.slotOf(name) : null }];
    });
    return new RegexStage({ pattern, targets, source: source === undefined ? null : extracted.slotOf(source) });
  },
  replace: ({ expression, source, replace }, { extracted, scratch, maxLineBytes }) => {
    const named = sound(compilePattern(expression)).names.flatMap((name, index) =>
      name === null ? [] : [{ group: index + 1, slot: extracted.slotOf(name) }],
    );
    return new ReplaceStage({
      pattern: new PlacedPattern(expression),
      template: sound(compileTemplate(replace)),
      slotOf: (name) => extracted.slotOf(name),
      named,
      source: source === undefined ? null : extracted.slotOf(source),
      scratch,
      maxBytes: maxLineBytes,
    });
  },
};
