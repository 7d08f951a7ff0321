//! A network is one file, and a program that does not know it loads it.

#![cfg(feature = "safetensors")]

use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    BatchNorm1d, Dropout, Linear, Module, Parameters, Relu, Residual, Sequential, StateDict,
    StateFileProblem, Tanh, Tensor, load_model, save_model,
};

fn network() -> Sequential<f64> {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let block = Sequential::new().append(Linear::new(5, 5, rng)).append(BatchNorm1d::new(5)).append(Tanh);
    Sequential::new()
        .append(Linear::new(3, 5, rng))
        .append(Residual::new(block))
        .append(Dropout::new(0.5))
        .append(Linear::new(5, 2, rng).without_bias())
}

fn x() -> Tensor<f64> {
    Tensor::from_fn(20, 3, |sample, feature| (sample as f64 - 7.0) / (feature as f64 + 3.0))
}

#[test]
fn what_is_loaded_computes_the_same_in_both_precisions() {
    let (folder, network) = (tempfile::tempdir().unwrap(), network());
    let path = folder.path().join("model.safetensors");
    save_model(&network, &path).unwrap();

    let loaded = load_model::<f64>(&path).unwrap();
    assert_eq!(loaded.to_string(), network.to_string());
    assert_eq!(loaded.state_dict(), network.state_dict());
    assert_eq!(loaded.predict(&x()).unwrap(), network.predict(&x()).unwrap());

    let single = load_model::<f32>(&path).unwrap();
    let x = Tensor::from_fn(20, 3, |sample, feature| x()[[sample, feature]] as f32);
    let (ours, exact) = (single.predict(&x).unwrap(), network.predict(&self::x()).unwrap());
    for (ours, exact) in ours.view().iter().zip(exact.view()) {
        assert!((f64::from(*ours) - exact).abs() < 1e-5);
    }
    // The loaded network is saved as the same file.
    assert_eq!(StateDict::from_network(&*loaded).to_safetensors().unwrap(), std::fs::read(&path).unwrap());
}

/// Everything but the text of the architecture is as [`Parameters::save_safetensors`] writes it, in both directions.
#[test]
fn the_weights_of_a_model_are_loaded_as_before() {
    let (folder, network) = (tempfile::tempdir().unwrap(), network());
    let path = folder.path().join("model.safetensors");
    save_model(&network, &path).unwrap();
    let mut other = self::network();
    other.visit_mut(None, &mut |parameter| parameter.value.fill(0.0));
    other.load_safetensors(&path).unwrap();
    assert_eq!(other.state_dict(), network.state_dict());

    let state = StateDict::<f64>::load_safetensors(&path).unwrap();
    assert_eq!(state.metadata().keys().collect::<Vec<_>>(), ["nn.architecture"]);
}

#[test]
fn weights_alone_make_no_network_and_the_message_says_why() {
    let (folder, network) = (tempfile::tempdir().unwrap(), network());
    let path = folder.path().join("model.safetensors");
    network.save_safetensors(&path).unwrap();
    let error = load_model::<f64>(&path).err().unwrap();
    assert!(matches!(error.problem, StateFileProblem::NoArchitecture { reason: None }));
    let what = format!("{}: has no architecture to make a network of", path.display());
    let remedy = ": make the network, and load its weights with load_safetensors";
    assert_eq!(error.to_string(), format!("{what}{remedy}"));

    let own = Sequential::new().append(Relu).append(Own(network));
    save_model(&own, &path).unwrap();
    let error = load_model::<f64>(&path).err().unwrap();
    let why =
        " (layer 1, Own: expected one of nn's own modules, because files hold the architecture of no other)";
    assert_eq!(error.to_string(), format!("{what}{why}{remedy}"));
    let mut again = Sequential::new().append(Relu).append(Own(self::network()));
    again.load_safetensors(&path).unwrap();
    assert_eq!(again.state_dict(), own.state_dict());
}

#[test]
fn weights_of_another_network_are_refused() {
    let mut state = StateDict::from_network(&network());
    let other = StateDict::from_network(&Sequential::<f64>::new().append(BatchNorm1d::new(2)));
    *state.metadata_mut() = other.metadata().clone();
    let error = state.to_network().err().unwrap();
    assert!(matches!(error, StateFileProblem::Mismatch(_)));
    assert!(error.to_string().contains("missing 0.running_mean"), "{error}");
}

/// A module of one's own, with the parameters of the one in it.
struct Own(Sequential<f64>);

impl Parameters<f64> for Own {
    fn visit(&self, visitor: &mut dyn FnMut(nn_core::Param<'_, f64>)) {
        self.0.visit(visitor);
    }

    fn visit_mut(
        &mut self,
        workspace: Option<&nn_core::Workspace<f64>>,
        visitor: &mut dyn FnMut(nn_core::ParamMut<'_, f64>),
    ) {
        self.0.visit_mut(workspace, visitor);
    }
}

impl Module<f64> for Own {
    fn plan(
        &self,
        input: &[usize],
        purpose: nn_core::Purpose,
    ) -> Result<nn_core::Plan<f64>, nn_core::ModuleError> {
        self.0.plan(input, purpose)
    }

    fn forward(
        &self,
        x: &Tensor<f64>,
        y: &mut Tensor<f64>,
        workspace: &mut nn_core::Workspace<f64>,
        mode: &mut nn_core::Mode<'_>,
    ) {
        self.0.forward(x, y, workspace, mode);
    }

    fn backward(
        &self,
        x: &Tensor<f64>,
        y: &Tensor<f64>,
        dy: &Tensor<f64>,
        dx: Option<&mut Tensor<f64>>,
        accumulate: nn_core::Accumulate,
        workspace: &mut nn_core::Workspace<f64>,
    ) {
        self.0.backward(x, y, dy, dx, accumulate, workspace);
    }
}

impl std::fmt::Display for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Own")
    }
}
