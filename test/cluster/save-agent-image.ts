import { buildAgentImage, saveImage } from '../support/agent-image.ts';
import { IMAGE } from './agent-daemon-set.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: save-agent-image.ts FILE');
await saveImage(await buildAgentImage(), { as: IMAGE, file });
