import type { ConformanceCase } from '../conformance-case.js';
import { applyCases } from './apply.js';
import { artifactsCases } from './artifacts.js';
import { cancelCases } from './cancel.js';
import { checkCases } from './check.js';
import { destroyCases } from './destroy.js';
import { dialCases } from './dial.js';
import { errorCases } from './errors.js';
import { execCases } from './exec.js';
import { identityCases } from './identity.js';
import { logsCases } from './logs.js';
import { observeCases } from './observe.js';
import { optionsCases } from './options.js';
import { planCases } from './plan.js';
import { powerCases } from './power.js';
import { sessionCases } from './session.js';
import { sshTargetCases } from './ssh-target.js';
import { summarizeCases } from './summarize.js';

/** Every case, in the order in which they are run: what others rest on comes first. */
export const CONFORMANCE_CASES: readonly ConformanceCase[] = [
  ...identityCases,
  ...optionsCases,
  ...checkCases,
  ...observeCases,
  ...planCases,
  ...applyCases,
  ...destroyCases,
  ...summarizeCases,
  ...cancelCases,
  ...errorCases,
  ...powerCases,
  ...sessionCases,
  ...execCases,
  ...dialCases,
  ...sshTargetCases,
  ...logsCases,
  ...artifactsCases,
];
