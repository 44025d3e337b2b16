import { jsonValue } from '../json/json-value.ts';
import { RecentTexts } from '../runtime/recent-texts.ts';
import { logfmtValue } from './logfmt-value.ts';

/** Makes texts of extracted values. Lines of many sources say the same, so one serves all stages and all sources of a pipeline. */
export class ValueTexts {
  readonly json: RecentTexts<string | null> = new RecentTexts(jsonValue);
  readonly logfmt: RecentTexts<string> = new RecentTexts(logfmtValue);
}
