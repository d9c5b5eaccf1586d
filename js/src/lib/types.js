/**
 * What crosses between the kernel and the page. Buffers arrive as DataView under Jupyter, as other views elsewhere.
 *
 * @typedef {[top: number, left: number, height: number, width: number]} WindowBox pixels of the network's input
 * @typedef {{row: number, column: number}} Point pixels of the network's input, fractions allowed
 * @typedef {DataView | Uint8Array | Uint8ClampedArray | ArrayBuffer} Bytes
 * @typedef {{height: number, width: number, data: Bytes}} Picture RGB, row by row
 * @typedef {{name: string, thumbnail: Picture}} NamedPicture
 * @typedef {{index: number, label: string, probability: number, logit: number}} ClassScore
 * @typedef {{top: ClassScore[], target: ClassScore | null}} Prediction
 * @typedef {{message: string, column: number | null}} Problem
 * @typedef {"idle" | "running" | "done" | "partial" | "error"} RunState
 * @typedef {{state: RunState, done: number, total: number, seconds: number, note: string}} Status
 *
 * @typedef {object} Attribution
 * @property {number} frame
 * @property {Bytes} cells float32, row by row
 * @property {Bytes} standard_error float32, as cells
 * @property {number} rows
 * @property {number} columns
 * @property {number[]} row_edges
 * @property {number[]} column_edges
 * @property {WindowBox} window
 * @property {number} target
 * @property {string} label
 * @property {string} output
 * @property {number} sum
 * @property {number} difference
 * @property {number} value
 * @property {number} baseline_output
 * @property {number} residual
 * @property {number} error
 * @property {number} evaluations
 * @property {number} total
 * @property {number} seconds
 * @property {number} seed
 * @property {string} device
 * @property {boolean} exact
 * @property {boolean} partial
 *
 * @typedef {object} ExplorerState
 * @property {number} index
 * @property {WindowBox[]} trail
 * @property {number | null} target
 * @property {string} baseline
 * @property {"logit" | "probability"} output
 * @property {number} budget
 * @property {number} seed
 * @property {number} grid
 * @property {number} opacity
 * @property {number | null} color_range
 * @property {string[]} classes
 * @property {NamedPicture[]} pictures
 * @property {NamedPicture[]} references
 * @property {string[]} baselines
 * @property {Picture | null} picture
 * @property {Picture | null} original
 * @property {Prediction | null} prediction
 * @property {Prediction | null} prediction_before
 * @property {Attribution | null} attribution
 * @property {Attribution | null} attribution_before
 * @property {Status} status
 * @property {Problem | null} error
 * @property {string} query
 * @property {string[]} edits
 * @property {number} redoable
 * @property {string} code
 *
 * @typedef {object} WidgetModel the part of anywidget's model that is used
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(name: string, callback: (...args: any[]) => void) => void} on
 * @property {(name: string, callback: (...args: any[]) => void) => void} off
 * @property {(content: any) => void} send
 * @property {boolean} [static] true in an exported page: there is no kernel
 */

export {};
