//! A map of classes is laid out as a tensor of the same shape, and the same samples are selected of both.

use nn_core::lanes::LANES;
use nn_core::ndarray::ArrayD;
use nn_core::{ClassMap, Tensor};

const SHAPES: [&[usize]; 8] =
    [&[1], &[17], &[3, 1], &[16, 2, 3], &[40, 3, 2], &[5, 2, 2, 2], &[0, 3], &[3, 0]];

/// Each label tells its place in row-major order.
fn map(shape: &[usize], first: usize) -> ClassMap {
    let labels: Vec<usize> = (first..first + shape.iter().product::<usize>()).collect();
    ClassMap::new(shape, &labels).unwrap()
}

fn tensor(shape: &[usize], first: usize) -> Tensor<f64> {
    let count = shape.iter().product::<usize>();
    let values = (first..first + count).map(|label| label as f64).collect();
    Tensor::from_array(ArrayD::from_shape_vec(shape, values).unwrap().view())
}

fn assert_same(map: &ClassMap, tensor: &Tensor<f64>) {
    assert_eq!((map.shape(), map.samples()), (tensor.shape(), tensor.samples()));
    assert_eq!(map.positions(), tensor.features());
    assert_eq!(map.blocks().len(), tensor.blocks().len());
    for position in 0..map.positions() {
        let labels: Vec<f64> = map.position(position).iter().map(|&label| label as f64).collect();
        assert_eq!(labels, tensor.feature(position));
        let padding = map.blocks().chunks(map.samples().div_ceil(LANES).max(1)).nth(position);
        let padding = padding.map_or(&[][..], |blocks| &blocks.as_flattened()[map.samples()..]);
        assert!(padding.iter().all(|&label| label == usize::MAX));
    }
    for sample in 0..map.samples() {
        assert!(map.sample(sample).map(|label| label as f64).eq(tensor.sample(sample)));
    }
}

#[test]
fn a_map_has_the_labels_of_an_array_of_its_shape() {
    for shape in SHAPES {
        let map = map(shape, 0);
        assert_same(&map, &tensor(shape, 0));
        assert!(map.iter().eq(0..shape.iter().product()));
    }
}

#[test]
fn samples_are_selected_as_those_of_a_tensor() {
    for shape in SHAPES.into_iter().filter(|shape| shape[0] > 0) {
        let (map, tensor) = (map(shape, 7), tensor(shape, 7));
        for count in [0, 1, 15, 16, 33] {
            let samples: Vec<usize> = (0..count).map(|index| index * 7 % shape[0]).collect();
            assert_same(&map.select(&samples), &tensor.select(&samples));
        }
        let all: Vec<usize> = (0..shape[0]).rev().collect();
        let mut again = map.clone();
        map.select_into(&all, &mut again);
        assert_same(&again, &tensor.select(&all));
    }
}

#[test]
fn sixteen_maps_become_one_as_sixteen_tensors_do() {
    for shape in SHAPES.into_iter().filter(|shape| shape[0] > 0) {
        let maps: [ClassMap; LANES] = std::array::from_fn(|lane| map(shape, 1000 * lane));
        let tensors: [Tensor<f64>; LANES] = std::array::from_fn(|lane| tensor(shape, 1000 * lane));
        let mut together = ClassMap::interleave(maps.each_ref()).unwrap();
        let mut expected = Tensor::interleave(tensors.each_ref()).unwrap();
        assert_same(&together, &expected);
        let order: Vec<usize> = (0..shape[0]).rev().collect();
        maps[3].select_into_lane(&order, 5, &mut together);
        tensors[3].select_into_lane(&order, 5, &mut expected);
        assert_same(&together, &expected);
    }
    let (short, long) = (map(&[2, 3], 0), map(&[3, 2], 0));
    let different = std::array::from_fn(|lane| if lane == 9 { &long } else { &short });
    assert_eq!(ClassMap::interleave(different), None);
}

#[test]
fn a_shape_that_is_not_that_of_the_labels_is_refused() {
    let half = 1 << (usize::BITS / 2);
    for shape in [&[][..], &[5], &[2, 2], &[2, 3, 2], &[half, half, 6], &[0, usize::MAX]] {
        let error = ClassMap::new(shape, &[0; 6]).unwrap_err();
        assert_eq!(error.to_string(), format!("ClassMap: expected a shape for 6 labels, found {shape:?}"));
    }
    assert_eq!(ClassMap::new(&[2, 3], &[0; 6]).unwrap().shape(), [2, 3]);
}

#[test]
#[should_panic(expected = "2 samples of [3, 4] into [2, 5]")]
fn a_selection_of_another_shape_is_refused() {
    map(&[3, 4], 0).select_into(&[0, 1], &mut map(&[2, 5], 0));
}

#[test]
#[should_panic(expected = "index out of bounds")]
fn there_are_sixteen_lanes() {
    map(&[1, 4], 0).select_into_lane(&[0], 16, &mut map(&[16, 4], 0));
}
