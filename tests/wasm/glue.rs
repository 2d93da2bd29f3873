//! Makes the JavaScript around the module: `glue MODULE.wasm FOLDER`.

#[cfg(not(target_family = "wasm"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(module), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: glue MODULE.wasm FOLDER".into());
    };
    // For browsers: node imports this too, and makes a new instance for each import.
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(module)
        .web(true)?
        .typescript(false)
        .generate(folder)?;
    Ok(())
}

#[cfg(target_family = "wasm")]
fn main() {}
