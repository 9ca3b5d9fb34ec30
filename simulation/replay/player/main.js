// The replay of runs in front of a room. Modules are joined into one page at build.

import { start } from "./page/start.js";

start();
