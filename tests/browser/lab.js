"use strict";
// What tests/browser/lab.py asks of the page. JupyterLab puts its application object into the
// window under --LabApp.expose_app_in_browser; this script is there before JupyterLab starts.
window.xaiLab = (() => {
  const clean = (/** @type {string[]} */ lines) =>
    lines.join("\n").replace(/\x1b\[[0-9;]*m/g, "");

  /** The notebook panel in the main area, or null. */
  const panel = () => {
    const isNotebook = (/** @type {any} */ widget) => widget?.sessionContext && widget.content?.widgets;
    const { shell } = window.jupyterapp;
    return isNotebook(shell.currentWidget)
      ? shell.currentWidget
      : [...shell.widgets("main")].find(isNotebook) ?? null;
  };
  const kernel = () => panel()?.sessionContext.session?.kernel;

  // --- what the kernel is doing, and what it says outside of cells ---------------------------

  let finished = true; // has the command that was started last ended?
  let lastMessage = 0; // when the kernel was last heard of
  const unanswered = new Set(); // requests, on any shell, that were sent or are being worked on
  /** @type {{kind: string, text: string}[]} */
  let stray = []; // errors and prints of widget callbacks: JupyterLab shows them nowhere

  const onMessage = (/** @type {any} */ _sender, /** @type {any} */ message) => {
    const { header, parent_header: parent = {}, content } = message;
    lastMessage = performance.now();
    if (header.msg_type === "status") {
      if (content.execution_state === "busy") unanswered.add(parent.msg_id);
      else unanswered.delete(parent.msg_id);
    } else if (parent.msg_type === "execute_request") {
      return; // it is shown under the cell, where cellOutput() finds it
    } else if (header.msg_type === "error") {
      stray.push({ kind: "error", text: clean(content.traceback ?? [content.ename]) });
    } else if (header.msg_type === "stream") {
      stray.push({ kind: content.name, text: content.text });
    }
  };

  const watch = () => {
    const { sessionContext } = panel();
    sessionContext.iopubMessage.connect(onMessage);
    kernel().anyMessage.connect((/** @type {any} */ _sender, /** @type {any} */ { msg, direction }) => {
      if (direction === "send" && msg.channel === "shell") unanswered.add(msg.header.msg_id);
    });
    sessionContext.statusChanged.connect((/** @type {any} */ _sender, /** @type {string} */ status) => {
      if (/restarting|dead|terminating/.test(status)) unanswered.clear();
    });
  };

  const ready = () =>
    Boolean(panel()?.context.isReady) &&
    ["idle", "busy"].includes(kernel()?.status) &&
    kernel().connectionStatus === "connected";

  const done = () => finished && kernel()?.status === "idle";

  const quiet = (/** @type {number} */ milliseconds) =>
    unanswered.size === 0 && performance.now() - lastMessage > milliseconds;

  // --- commands -----------------------------------------------------------------------------

  const execute = (/** @type {string} */ command, /** @type {object} */ options = {}) =>
    window.jupyterapp.commands.execute(command, options);

  /** Start a command and return at once; done() tells when it has ended. */
  const start = (/** @type {string} */ command) => {
    const end = () => { finished = true; };
    finished = false;
    execute(command).then(end, end);
  };

  const open = async (/** @type {string} */ path, /** @type {string} */ kernelName) => {
    const { restored, serviceManager: { kernelspecs } } = window.jupyterapp;
    await restored;
    if (!(kernelName in kernelspecs.specs.kernelspecs)) await kernelspecs.refreshSpecs(); // it is new
    await execute("docmanager:open", { path, factory: "Notebook", kernel: { name: kernelName } });
    window.jupyterapp.shell.collapseLeft();
  };

  /** Close the notebook, unsaved, and expect nothing more of its kernel. */
  const close = () => {
    panel()?.dispose();
    finished = true;
    unanswered.clear();
  };

  const runAll = () => start("notebook:run-all-cells");

  const runCell = (/** @type {number} */ index) => {
    const { content } = panel();
    content.deselectAll();
    content.activeCellIndex = content.widgets.indexOf(codeCells()[index]);
    start("notebook:run-cell");
  };

  /**
   * Run statements and evaluate an expression, out of sight; resolves to {status, text}.
   * @param {string} code
   * @param {string} expression
   * @param {number} timeout in milliseconds
   */
  const evaluate = async (code, expression, timeout) => {
    const request = kernel().requestExecute({
      code, silent: true, store_history: false, stop_on_error: false,
      user_expressions: { value: `repr(${expression})` },
    });
    const reply = await Promise.race([
      request.done,
      new Promise((resolve) => setTimeout(resolve, timeout)),
    ]);
    if (!reply) return { status: "timeout", text: `the kernel did not evaluate ${expression} in time` };
    const { content } = reply;
    if (content.status !== "ok") return { status: content.status, text: clean(content.traceback ?? []) };
    const { status, data, traceback } = content.user_expressions.value;
    return { status, text: status === "ok" ? data["text/plain"] : clean(traceback) };
  };

  const save = () => panel().context.save();
  const interrupt = () => kernel().interrupt();
  const restart = () => panel().sessionContext.restartKernel();

  // --- the report ---------------------------------------------------------------------------

  const codeCells = () =>
    panel().content.widgets.filter((/** @type {any} */ cell) =>
      cell.model.type === "code" && cell.model.sharedModel.getSource().trim());

  const cellOutput = () =>
    codeCells().flatMap((/** @type {any} */ cell, /** @type {number} */ index) =>
      cell.model.outputs.toJSON().flatMap((/** @type {any} */ output) => {
        if (output.output_type === "error")
          return [{ cell: index, kind: "error", text: clean(output.traceback) }];
        if (output.output_type === "stream")
          return [{ cell: index, kind: output.name, text: [output.text].flat().join("") }];
        return [];
      }));

  const report = () => {
    if (!panel()) return { cells: 0, executed: 0, output: [], stray };
    const cells = codeCells();
    return {
      cells: cells.length,
      executed: cells.filter((/** @type {any} */ cell) => cell.model.executionCount).length,
      output: cellOutput(),
      stray,
    };
  };

  const forget = () => { stray = []; };

  return { open, close, watch, ready, done, quiet, execute, runAll, runCell, evaluate, save, interrupt, restart, report, forget };
})();
